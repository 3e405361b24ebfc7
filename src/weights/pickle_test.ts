import { assert, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readPickle } from "./pickle.ts";
import { Unknown } from "./pickle_objects.ts";

Deno.test("readPickle: plain values", async () => {
  const url = new URL("../../tests/fixtures/values.pickle", import.meta.url);
  const bytes = await Deno.readFile(fromFileUrl(url));
  const { value, end } = readPickle(bytes, "values");
  assertEquals(end, bytes.length);
  assertEquals(Object.fromEntries(value as Map<string, unknown>), {
    none: null,
    true: true,
    float: -1.25,
    small: 7,
    two: 300,
    negative: -5,
    long: 2 ** 40,
    longer: -(2n ** 70n),
    text: "h\u00e9",
    bytes: new Uint8Array([0, 255]),
    tuple: [1, 2, 3, 4],
    list: [1, [2]],
    set: new Set([1, 2]),
    frozen: new Set([3]),
    array: new TextEncoder().encode("ab"),
  });
});

/** A pickle written by hand: text, with numbers as bytes. */
function pickle(...parts: (string | number)[]): Uint8Array<ArrayBuffer> {
  const bytes = parts.flatMap((part) =>
    typeof part === "number" ? [part] : [...part].map((letter) => letter.charCodeAt(0))
  );
  return new Uint8Array(bytes);
}

Deno.test("readPickle: codes of old protocols", () => {
  const value = (...parts: (string | number)[]) => readPickle(pickle(...parts), "x").value;
  assertEquals(value("(I1\nI01\nL12345678901234567890L\nF0.5\nl."), [
    1,
    true,
    12345678901234567890n,
    0.5,
  ]);
  assertEquals(value("(U", 2, "ab", "I7\nd."), new Map([["ab", 7]]));
  assertEquals(
    value("]p0\ng0\na", "."),
    (() => {
      const list: unknown[] = [];
      list.push(list);
      return list;
    })(),
  );
});

Deno.test("readPickle: what is made of an unknown class, called and filled is kept, not done", () => {
  const options = { readPast: true };
  const read = (...parts: (string | number)[]) => readPickle(pickle(...parts), "x", options).value;
  // a.B(1), called with 2; then with an item, a part, and a state
  const value = read("ca\nB\n(I1\ntR(I2\ntRI3\nI4\nsI5\naI6\nb.");
  assert(value instanceof Unknown);
  assertEquals([value.name, value.args.slice(1)], ["a.B", [2]]);
  assertEquals((value.args[0] as Unknown).args, [1]);
  assertEquals([value.items, value.parts], [new Map([[3, 4]]), [5, 6]]);
  const made = read("ca\nB\n(I1\nt}", 0x92, "."); // NEWOBJ_EX, with arguments by name
  assert(made instanceof Unknown);
  assertEquals(made.args, [1, new Map()]);
});

Deno.test("readPickle: a machine that goes wrong is refused, with the file's name", () => {
  const refused = (reason: string, ...parts: (string | number)[]) =>
    assertThrows(
      () => readPickle(pickle(...parts), "f.pth"),
      SyntaxError,
      `Cannot read f.pth: its pickle has ${reason}`,
    );
  refused("an early end");
  refused("an early end", 0x80);
  refused("an early end", "X", 255, 255, 255, 255, "a");
  refused("an early end", "cos\nsystem");
  refused("an empty stack", ".");
  refused("an empty stack", "(a.");
  refused("a missing mark", "NN", "t.");
  refused("the unknown code 0x53", "S'x'\n.");
  refused("the unknown code 0x82", 0x82, 1, "."); // extensions
  refused("the protocol 9", 0x80, 9, "N.");
  refused("nothing remembered as 3", "h", 3, ".");
  refused("items of what is no list", "N", "Na.");
  refused("items of what is no dictionary", "NNNs.");
  refused("members of what is no set", "N(", 0x90, ".");
  refused("a call of what is no function", "N)R.");
  refused("a state for what has none", "NNb.");
  refused("a reference to another file", "NQ.");
  refused("the integer 1e3", "I1e3\n.");
  refused("the Python object os.system", "cos\nsystem\n(U", 4, "true", "tR.");
  refused("the Python object builtins.eval", 0x8c, 8, "builtins", 0x8c, 4, "eval", 0x93, ".");
});
