import { deflateSync } from "node:zlib";
import { encodeSafetensors } from "../../src/weights/safetensors.ts";
import { encodeDictionary } from "../../src/weights/write_dictionary.ts";
import { ascii, joined, little } from "../bytes.ts";
import { chunk, framed, header, png } from "../png.ts";
import { type Packed, zip } from "../zip.ts";
import type { Seed } from "./seeds.ts";

/** A file that is made to fill the memory or the time of a reader. */
export interface Attack extends Omit<Seed, "bytes"> {
  readonly bytes: () => Uint8Array<ArrayBuffer>;
}

const zeros = (length: number) => new Uint8Array(length);
const blanks = (length: number) => " ".repeat(length);
const text = (content: string) => () => new TextEncoder().encode(content);

/** The attacks, by the kinds of file that they are read as. */
export const attacks: readonly Attack[] = [
  ...pictures(),
  ...arrays(),
  ...pickles(),
  ...archives(),
  ...texts(),
  ...foreign(),
];

/** Sets of masks that state more than they hold, or shapes that take time. */
function foreign(): Attack[] {
  const image = { id: 1, file_name: "a.jpg", width: 2 ** 14, height: 2 ** 13 };
  const categories = [{ id: 1, name: "cat" }];
  const coco = (segmentation: unknown, size = image, times = 1) =>
    text(JSON.stringify({
      ...{ images: [size], categories },
      annotations: new Array(times).fill({ image_id: 1, category_id: 1, segmentation }),
    }));
  const small = { ...image, width: 1, height: 9000 };
  const zigzag = Array.from({ length: 40_000 }, (_, i) => i % 4 < 2 ? 0 : 9000 + i);
  const brush = (rle: number[], original_width = 4, original_height = 3) =>
    text(JSON.stringify([{
      data: { image: "a.jpg" },
      annotations: [{
        result: [{ original_width, original_height, value: { rle, brushlabels: ["cat"] } }],
      }],
    }]));
  const map = { name: "labelmap.txt", content: ascii("cat:128,0,0::\n") };
  const bomb = { name: "SegmentationClass/a.png", content: zeros(80_000_000), deflate: true };
  const climbing = { name: "SegmentationClass/../../a.png", content: zeros(10) };
  return [
    { name: "COCO: a polygon to and fro", kinds: ["coco"], bytes: coco([zigzag], small) },
    {
      name: "COCO: 10^5 polygons",
      kinds: ["coco"],
      bytes: coco([[0, 0, 1, 0, 1, 1]], { ...image, width: 9, height: 9 }, 100_000),
    },
    {
      name: "COCO: runs of 10^15",
      kinds: ["coco"],
      bytes: coco({ size: [9000, 1], counts: [1e15] }, small),
    },
    {
      name: "COCO: text of runs without an end",
      kinds: ["coco"],
      bytes: coco({ size: [9000, 1], counts: "o".repeat(1e6) }, small),
    },
    {
      name: "Label Studio: 4 * 10^9 values",
      kinds: ["label studio"],
      bytes: brush([255, 255, 255, 255, 58, 0, 0, 0]),
    },
    {
      name: "Label Studio: runs that end",
      kinds: ["label studio"],
      bytes: brush([0, 0, 0, 48, 58, 0, 0]),
    },
    {
      name: "YAML of aliases",
      kinds: ["yolo"],
      bytes: text(
        `names: [&a [x, x, x, x, x, x, x, x, x, x],${
          " &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a],".repeat(30)
        } *b]`,
      ),
    },
    { name: "zip bomb for CVAT", kinds: ["cvat"], bytes: () => zip([map, bomb]) },
    { name: "zip that leads out", kinds: ["cvat"], bytes: () => zip([map, climbing]) },
  ];
}

function pictures(): Attack[] {
  const kinds = ["image", "size", "mask", "mask of 21"];
  const rgb = { width: 1, height: 1, color: 2 } as const;
  const bomb = () => deflateSync(zeros(100_000_000));
  const withChunk = (type: string, start: string) => () =>
    png(rgb, [[1, 2, 3]], [chunk(type, joined([start, bomb()]))]);
  const large = { ...rgb, width: 16_000, height: 16_000 };
  // A header of 65,500 x 4,000 pixels over no data; 5,000 empty scans.
  const frame = "\xff\xc2\0\x11\x08\x0f\xa0\xff\xdc\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
  const scan = "\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0\0";
  return [
    {
      name: "PNG that unpacks to more",
      kinds,
      bytes: () => framed([header(rgb), chunk("IDAT", bomb())]),
    },
    { name: "PNG profile bomb", kinds, bytes: withChunk("iCCP", "x\0\0") },
    { name: "PNG text bomb", kinds, bytes: withChunk("zTXt", "Raw profile type exif\0\0") },
    {
      name: "PNG that claims to be large",
      kinds,
      bytes: () => framed([header(large), chunk("IDAT", "x")]),
    },
    {
      name: "PNG of many chunks",
      kinds,
      bytes: () => png(rgb, [[1, 2, 3]], new Array(50_000).fill(chunk("tEXt", ""))),
    },
    {
      name: "PNG of many pieces",
      kinds,
      bytes: () => framed([header(rgb), ...new Array(50_000).fill(chunk("IDAT", ""))]),
    },
    {
      name: "JPEG that claims to be large",
      kinds,
      bytes: () => joined(["\xff\xd8", frame, scan, zeros(1000), "\xff\xd9"]),
    },
    {
      name: "JPEG of many scans",
      kinds,
      bytes: () => joined(["\xff\xd8", frame, ...new Array(5000).fill(scan), "\xff\xd9"]),
    },
    {
      name: "WebP that claims to be large",
      kinds,
      bytes: () =>
        joined(["RIFF", little(18, 4), "WEBPVP8L", little(6, 4), "\x2f\xff\xff\xff\x0f\0"]),
    },
    { name: "TIFF that unpacks to more", kinds, bytes: () => tiff(4, 4, 1, bomb()) },
    {
      name: "TIFF that claims to be large",
      kinds,
      bytes: () => tiff(2 ** 14, 2 ** 14, 1, zeros(99)),
    },
    {
      name: "TIFF of 2^20 strips in one place",
      kinds,
      bytes: () => tiff(1, 2 ** 20, 2 ** 20, bomb().subarray(0, 5000)),
    },
    {
      name: "JPEG of two bytes of EXIF",
      kinds,
      bytes: () => joined(["\xff\xd8\xff\xe1\0\x04Ex", frame]),
    },
    {
      name: "JPEG of many markers",
      kinds,
      bytes: () => joined(["\xff\xd8", "\xff\xe1\0\x08Exif\0\0".repeat(100_000)]),
    },
    {
      name: "JPEG of nothing but markers",
      kinds,
      bytes: () => joined(["\xff\xd8", zeros(500_000).fill(0xff)]),
    },
  ];
}

/** A grey TIFF of deflated strips, all of which are the same. */
function tiff(width: number, height: number, strips: number, strip: Uint8Array) {
  const [places, sizes] = [8 + strip.length, 8 + strip.length + 4 * strips];
  const at = sizes + 4 * strips;
  const list = (value: number) => new Uint8Array(new Uint32Array(strips).fill(value).buffer);
  const field = (tag: number, value: number, count = 1) =>
    joined([little(tag, 2), little(4, 2), little(count, 4), little(value, 4)]);
  const fields = [
    ...[field(256, width), field(257, height), field(258, 8), field(259, 8), field(262, 1)],
    field(273, strips > 1 ? places : 8, strips),
    field(278, Math.ceil(height / strips)),
    field(279, strips > 1 ? sizes : strip.length, strips),
  ];
  const head = joined(["II*\0", little(at, 4), strip, list(8), list(strip.length)]);
  return joined([head, little(fields.length, 2), ...fields]);
}

/** A .npy file of version 2 with the header as it is. */
function npy(head: string, content: Uint8Array = zeros(0)): Uint8Array<ArrayBuffer> {
  return joined(["\x93NUMPY\x02\0", little(head.length, 4), head, content]);
}

function arrays(): Attack[] {
  const kinds = ["npy", "scores", "cls_labels.npy"];
  const head = (descr: string, shape: string) =>
    `{'descr': '${descr}', 'fortran_order': True, 'shape': (${shape}), }`;
  const made: readonly [string, () => Uint8Array<ArrayBuffer>][] = [
    ["header of blanks", () => npy(`{'descr': '<f4'}${blanks(4_000_000)}x`)],
    [
      "header of 64 KiB of blanks",
      () => npy(`${head("|u1", "0,")}${blanks(65_000)}#${blanks(400)}`),
    ],
    ["header of names", () => npy("'descr': '".repeat(6000))],
    ["types of every object", () => npy(head("<constructor", "1,"))],
    ["type __proto__", () => npy(head("<__proto__", "1,"))],
    ["type toString", () => npy(head("<toString", "1,"))],
    ["10^9 planes of nothing", () => npy(head("<f4", "1000000000, 0, 5"))],
    ["a shape beyond numbers", () => npy(head("<f4", "99999999999999999999, 99999999999"))],
    ["60,000 axes", () => npy(head("|u1", "1,".repeat(30_000)), zeros(1))],
    ["one array of 254 classes", () => oneArray(254)],
  ];
  return made.map(([name, bytes]) => ({ name: `.npy: ${name}`, kinds, bytes }));
}

/** A dictionary of classes that all have the same map of a million doubles. */
function oneArray(classes: number): Uint8Array<ArrayBuffer> {
  const plane = { dtype: "F64", shape: [1000, 250], data: new Float64Array(250_000) } as const;
  const bytes = encodeDictionary(new Map([[0, plane]]));
  // Behind the array: MEMOIZE it; then each class is its number and the array again.
  const end = bytes.length - 5; // u e . of the dictionary and its list, and t b of the outer array
  const more = Array.from({ length: classes - 1 }, (_, i) => ["J", little(i + 1, 4), "h\0"]).flat();
  return joined([bytes.subarray(0, end), "q\0", ...more, bytes.subarray(end)]);
}

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

function pickles(): Attack[] {
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

function archives(): Attack[] {
  const bomb = (length: number, claim?: number): Packed => ({
    name: "a.npy",
    content: zeros(length),
    deflate: true,
    claim,
  });
  const pth = (name: string) => ({ ...bomb(100_000_000), name });
  const kinds = ["npz", "pth", "weights"];
  return [
    { name: "archive of zeros", kinds, bytes: () => zip([bomb(100_000_000), pth("x/data.pkl")]) },
    {
      name: "archive of many zeros",
      kinds,
      bytes: () =>
        zip(Array.from({ length: 20 }, (_, i) => ({ ...bomb(50_000_000), name: `${i}.npy` }))),
    },
    { name: "archive that unpacks to more", kinds, bytes: () => zip([bomb(100_000_000, 1000)]) },
    {
      name: "archive of 65,535 files",
      kinds,
      bytes: () =>
        zip(Array.from({ length: 65_535 }, (_, i) => ({ name: `${i}`, content: zeros(0) }))),
    },
    { name: "archive of a file in itself", kinds, bytes: overlapping },
  ];
}

/** An archive whose directory lists the bytes of one file 2,000 times. */
function overlapping(): Uint8Array<ArrayBuffer> {
  const one = zip([{ name: "a.npy", content: zeros(30_000_000), deflate: true }]);
  const view = new DataView(one.buffer);
  const [length, at] = [
    view.getUint32(one.length - 10, true),
    view.getUint32(one.length - 6, true),
  ];
  const entry = one.slice(at, at + length);
  const entries = Array.from({ length: 2000 }, (_, i) => {
    const named = entry.slice();
    named.set(ascii(String(10_000 + i)), named.length - 5);
    return named;
  });
  const count = little(2000, 2);
  const end = [little(0, 4), count, count, little(2000 * length, 4), little(at, 4), little(0, 2)];
  return joined([one.subarray(0, at), ...entries, "PK\x05\x06", ...end]);
}

function texts(): Attack[] {
  const xml = ["annotation.xml"];
  const labels = ["labels.csv", "labels.txt", "known labels"];
  const json = [
    "labels.json",
    "json",
    "latest.json",
    "best.json",
    "model.json",
    "config.json",
    "options.json",
  ];
  const nested = (times: number) => "[".repeat(times) + "]".repeat(times);
  const object = (times: number) => '{"a":'.repeat(times) + "1" + "}".repeat(times);
  const safe = (head: string) => joined([little(head.length, 8), head]);
  const many = new Map(Array.from({ length: 20_000 }, (_, i) => {
    return [`t${i}`, { dtype: "F32", shape: [0], data: new Float32Array() } as const];
  }));
  const made: readonly [string, string[], () => Uint8Array<ArrayBuffer>][] = [
    ["XML of blanks", xml, text(`<annotation>${blanks(3_000_000)}<object>`)],
    ["XML of objects that stay open", xml, text(`<annotation>${"<object>".repeat(200_000)}`)],
    ["XML of names", xml, text(`<annotation><object>${"<name>".repeat(200_000)}`)],
    ["XML of blanks in names", xml, text(`<annotation><object><name>${blanks(2_000_000)}x`)],
    ["XML of references", xml, text(`<annotation>${"&".repeat(500_000)}</annotation>`)],
    ["XML of comments", xml, text(`<annotation>${"<!--".repeat(300_000)}`)],
    ["one id on 20,000 lines", labels, text("a,cat\n".repeat(20_000))],
    ["one id on 20,000 lines of blanks", labels, text("a cat dog\n".repeat(20_000))],
    ["a quote that stays open", labels, text(`a,"${"x\n".repeat(500_000)}`)],
    ["quotes", labels, text(`a,${'"'.repeat(500_001)}`)],
    ["a row of commas", labels, text(`id${",".repeat(500_000)}\na${",".repeat(500_000)}`)],
    ["a cell of blanks", labels, text(`a,x${blanks(500_000)}y\nb,y`)],
    ["a cell of words", labels, text(`id,labels\na,${"cat sea lion ".repeat(50_000)}\nb,cat`)],
    ["a cell of bars", labels, text(`a,${"|".repeat(500_000)}`)],
    [
      "100,000 classes",
      labels,
      text(Array.from({ length: 100_000 }, (_, i) => `a,c${i}`).join("\n")),
    ],
    ["flags that end otherwise", ["flags"], text(`${"0 ".repeat(300_000)}x`)],
    ["a list of one image", ["list.txt"], text("a\n".repeat(20_000))],
    [
      "a line of endings",
      ["list.txt"],
      text(`${".jpg".repeat(100_000)} ${".png".repeat(100_000)}`),
    ],
    ["a line of blanks", ["list.txt", "classes.txt"], text(`a.jpg${blanks(500_000)}x`)],
    ["a line of dots", ["list.txt"], text("./".repeat(300_000))],
    ["a million classes", ["classes.txt"], text("a\n".repeat(1_000_000))],
    ["numbered blanks", ["classes.txt"], text(`1${blanks(300_000)}a${blanks(300_000)}1`)],
    ["deep JSON", json, text(nested(200_000))],
    ["deep objects", json, text(object(200_000))],
    ["deep labels", ["labels.json", "labels.jsonl"], text(`{"a": ${nested(100_000)}}`)],
    [
      "deep step",
      ["latest.json", "best.json"],
      text(`{"step": ${nested(90)}, "file": ${nested(90)}}`),
    ],
    ["deep header", ["safetensors", "weights"], () => safe(`{"a": ${nested(100_000)}}`)],
    [
      "deep type",
      ["safetensors", "weights"],
      () => safe(`{"a": {"dtype": ${nested(90)}, "shape": ${nested(90)}, "data_offsets": [0, 0]}}`),
    ],
    ["20,000 tensors", ["safetensors", "weights"], () => encodeSafetensors(many)],
    ["a header of blanks", ["safetensors", "weights"], () => safe(blanks(3_000_000))],
  ];
  return made.map(([name, kinds, bytes]) => ({ name, kinds, bytes }));
}
