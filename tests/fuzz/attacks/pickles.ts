import { ascii, joined, little } from "../../bytes.ts";
import { zip } from "../../zip.ts";
import { type Attack, zeros } from "./attack.ts";

/** A checkpoint of torch whose pickle is the given program. */
function pth(program: Uint8Array, storage: Uint8Array = zeros(4)): Uint8Array<ArrayBuffer> {
  return zip([{ name: "x/data.pkl", content: program }, { name: "x/data/0", content: storage }]);
}

/** A tensor over a storage of one float: its sizes and strides as bytes of a program. */
function tensor(sizes: number, strides: number): string {
  const int = (value: number) => "J" + String.fromCharCode(...little(value, 4));
  return `ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0` +
    `0X\x03\0\0\0cpuK\x01tQK\0(${int(sizes)}t(${int(strides)}t\x89ccollections\nOrderedDict\n)RtR`;
}

/** Checkpoints whose programs make much of little. */
export function pickles(): Attack[] {
  const start = "\x80\x02";
  const kinds = ["pickle"];
  const asPth = ["pth", "weights"];
  const doubled = (times: number, code: string) => `${start}]${code.repeat(times)}.`;
  const long = joined([start, "\x8b", little(10_000_000, 4), zeros(10_000_000).fill(0x7f), "."]);
  const call = "c_codecs\nencode\n";
  const latin = "X\x06\0\0\0latin1";
  const encoded = joined([
    start,
    "X",
    little(1_000_000, 4),
    zeros(1_000_000).fill(0x61),
    "q\0",
    call,
    "q\x01",
    latin,
    "q\x02",
    "h\x01h\0h\x02\x86R0".repeat(50_000),
    ".",
  ]);
  const dictionary = joined([
    start,
    "](",
    "K\x01N\x86".repeat(100_000),
    "eq\0",
    "ccollections\nOrderedDict\nq\x01",
    "h\x01h\0\x85R0".repeat(50_000),
    ".",
  ]);
  const programs: readonly [string, Uint8Array<ArrayBuffer> | string, string[]][] = [
    ["doubling tuples", doubled(60, "2\x86"), [...kinds, ...asPth]],
    ["doubling tuples of 10,000", doubled(10_000, "2\x86"), [...kinds, ...asPth]],
    ["doubling lists", `${start}]q\0${"](h\0h\0eq\0".repeat(60)}.`, [...kinds, ...asPth]],
    ["a list of itself", `${start}]q\0h\0a.`, [...kinds, ...asPth]],
    ["lists in lists", `${start}${"]".repeat(100_000)}${"a".repeat(99_999)}.`, [
      ...kinds,
      ...asPth,
    ]],
    [
      "dictionaries in dictionaries",
      `${start}${"}X\x01\0\0\0k".repeat(50_000)}N${"s".repeat(50_000)}.`,
      [...kinds, ...asPth],
    ],
    ["a tuple of tuples as a key", `${start}}${")2\x86".repeat(1)}${"2\x86".repeat(50)}Ns.`, [
      ...kinds,
      ...asPth,
    ]],
    ["a long integer", long, kinds],
    ["a million digits", `${start}L${"9".repeat(1_000_000)}L\n.`, kinds],
    ["marks", `${start}${"(".repeat(500_000)}.`, kinds],
    ["calls of one text", encoded, kinds],
    ["calls of one dictionary", dictionary, kinds],
    [
      "calls of an object of an unknown class",
      `${start}(${"N".repeat(1000)}tq\0ca\nb\n)R${"h\0R".repeat(100_000)}.`,
      asPth,
    ],
    ["a name of tuples", `${start})${"2\x86".repeat(60)}2\x93.`, kinds],
    ["a call of 300,000 arguments", `${start}ctorch\ndevice\n(${"N".repeat(300_000)}tR.`, kinds],
    ["a stride of 0", `${start}}X\x01\0\0\0a${tensor(1_000_000_000, 0)}s.`, asPth],
    [
      "many large tensors of one storage",
      `${start}}(${
        Array.from({ length: 200 }, (_, i) => `X\x03\0\0\0${100 + i}${tensor(1_000_000_000, 0)}`)
          .join("")
      }u.`,
      asPth,
    ],
  ];
  return programs.map(([name, program, kinds]) => ({
    name: `pickle: ${name}`,
    kinds,
    bytes: () => {
      const bytes = typeof program === "string" ? ascii(program) : program;
      return kinds === asPth ? pth(bytes) : bytes;
    },
  })).flatMap((attack) => {
    const other = attack.kinds.filter((kind) => asPth.includes(kind));
    if (other.length === 0 || other.length === attack.kinds.length) return [attack];
    return [
      { ...attack, kinds },
      { ...attack, kinds: other, bytes: () => pth(attack.bytes()) },
    ];
  });
}
