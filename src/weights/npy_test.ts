import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import * as fc from "fast-check";
import { InputError } from "../files/error.ts";
import { type Entry, entry, float32 } from "./entry.ts";
import { encodeNpy, parseNpy, readNpy, writeNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";
import type { NumpyArray } from "./numpy_pickle.ts";

const fixture = (name: string): string =>
  fromFileUrl(new URL(`../../tests/fixtures/${name}`, import.meta.url));
const ramp = (...shape: number[]): Entry =>
  entry(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i / 4));

async function array(name: string): Promise<Entry> {
  const file = await readNpy(fixture(name));
  assert(file.kind === "array");
  return file.entry;
}

async function object(name: string): Promise<unknown> {
  const file = await readNpy(fixture(name));
  assert(file.kind === "objects");
  return file.objects[0];
}

Deno.test("readNpy: arrays of every type and order that NumPy writes", async () => {
  assertEquals(await array("f4.npy"), ramp(2, 3));
  assertEquals(await array("f4_fortran.npy"), ramp(2, 3, 4));
  assertEquals(await array("f8_big.npy"), entry([3], new Float64Array([0, 0.25, 0.5])));
  assertEquals(await array("f2.npy"), { ...ramp(2, 2), dtype: "F16" });
  assertEquals(await array("i8.npy"), entry([2], new BigInt64Array([-1n, 2n ** 53n + 1n])));
  assertEquals(await array("bool.npy"), {
    dtype: "BOOL",
    shape: [3],
    data: new Uint8Array([1, 0, 1]),
  });
  assertEquals(await array("scalar.npy"), entry([], new Float32Array([2.5])));
});

Deno.test("readNpy: pickled dictionaries, every protocol, NumPy 1 and 2", async () => {
  const names = [2, 3, 4, 5].map((protocol) => `dict_protocol${protocol}.npy`);
  for (const name of [...names, "numpy2_dict.npy", "numpy_keys.npy"]) {
    const value = await object(name);
    assert(value instanceof Map, name);
    const plain = [...value].map(([key, array]) => [key, (array as NumpyArray).entry]);
    const second = entry(
      [2, 3],
      float32(ramp(2, 3)).map((v) => v + 1),
    );
    assertEquals(plain, [[3, ramp(2, 3)], [14, second]], name);
  }
});

Deno.test("readNpy: image labels keyed by text and by NumPy integers", async () => {
  const text = await object("cls_labels.npy") as Map<unknown, NumpyArray>;
  const present = [7, 11];
  assertEquals([...text.keys()], ["2007_000063", "2007_000032"]);
  const flags = [...text.get("2007_000063")!.entry!.data];
  assertEquals(flags, Array.from({ length: 20 }, (_, i) => present.includes(i) ? 1 : 0));
  const integers = await object("cls_labels_int.npy") as Map<unknown, NumpyArray>;
  assertEquals([...integers.keys()], [2007000063]);
});

Deno.test("readNpy: a pickle that would run a command is refused and nothing runs", async () => {
  await assertRejects(() => readNpy(fixture("harm.npy")), InputError, "posix.system");
  await assertRejects(() => Deno.stat("harm_was_done"), Deno.errors.NotFound);
});

Deno.test("readNpy: other types and damage are refused by name", async () => {
  await assertRejects(() => readNpy(fixture("text.npy")), InputError, "type <U1");
  await assertRejects(() => readNpy(fixture("structured.npy")), InputError, "structured array");
  await assertRejects(() => readNpy(fixture("grey8.png")), InputError, "no .npy file");
  for (const name of ["f4_fortran.npy", "dict_protocol2.npy", "dict_protocol4.npy", "scalar.npy"]) {
    const bytes = await Deno.readFile(fixture(name));
    for (let length = 0; length < bytes.length; length += 1) {
      const error = assertThrows(() => parseNpy(bytes.slice(0, length), name), SyntaxError);
      assertMatch(error.message, new RegExp(`^Cannot read ${name}: `));
    }
  }
});

Deno.test("parseNpy: a damaged pickle is refused or read, never another error", async () => {
  const bytes = await Deno.readFile(fixture("cls_labels.npy"));
  const change = fc.tuple(fc.integer({ min: 128, max: bytes.length - 1 }), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const damaged = bytes.slice();
      for (const [at, value] of changes) damaged[at] = value;
      try {
        parseNpy(damaged, "x");
      } catch (error) {
        assert(error instanceof SyntaxError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("encodeNpy and parseNpy are inverse", () => {
  const entries = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }).chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc.oneof(
      fc.float32Array({ minLength: length, maxLength: length }),
      fc.float64Array({ minLength: length, maxLength: length }),
      fc.int32Array({ minLength: length, maxLength: length }),
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.bigInt64Array({ minLength: length, maxLength: length }),
    ).map((data) => entry(shape, data.slice() as Entry["data"]));
  });
  fc.assert(fc.property(entries, (entry) => {
    const bytes = encodeNpy(entry);
    assertEquals(parseNpy(bytes, "x"), { kind: "array", entry });
    assertEquals((bytes.length - entry.data.byteLength) % 64, 0);
  }));
});

Deno.test("encodeNpy writes what NumPy writes", async () => {
  assertEquals(encodeNpy(ramp(2, 3)), await Deno.readFile(fixture("f4.npy")));
  assertEquals(encodeNpy({ ...ramp(2, 2), dtype: "F16" }), await Deno.readFile(fixture("f2.npy")));
  assertThrows(() => encodeNpy({ ...ramp(2, 2), shape: [3] }), TypeError);
  const path = await Deno.makeTempFile();
  await writeNpy(path, ramp(3));
  assertEquals(await readNpy(path), { kind: "array", entry: ramp(3) });
  await Deno.remove(path);
});

Deno.test("readNpz: stored and deflated; damage is found by the checksum", async () => {
  for (const [name, shape] of [["stored.npz", [2, 3]], ["deflated.npz", [20, 30]]] as const) {
    const arrays = await readNpz(fixture(name));
    assertEquals([...arrays.keys()], ["a", "b"]);
    assertEquals(arrays.get("a"), { kind: "array", entry: ramp(...shape) });
    const bytes = await Deno.readFile(fixture(name));
    const path = await Deno.makeTempFile();
    // In a stored file, the last byte of 0.25; in a deflated one, amid the packed data.
    bytes[name === "stored.npz" ? bytes.indexOf(0x3e, 180) : 400] ^= 1;
    await Deno.writeFile(path, bytes);
    await assertRejects(() => readNpz(path), InputError, "a.npy is damaged");
    for (let length = 0; length < bytes.length; length += 13) {
      await Deno.writeFile(path, bytes.subarray(0, length));
      await assertRejects(() => readNpz(path), InputError, path);
    }
    await Deno.remove(path);
  }
});

Deno.test("a note stands in the header, behind what NumPy reads", () => {
  const array = entry([2, 3], Float32Array.from([0, 1, 2, 3, 4, 5]));
  const note = 'of these {"classes":[1,2]} # a note';
  const bytes = encodeNpy(array, note);
  assertEquals(parseNpy(bytes, "x"), { kind: "array", entry: array, note });
  const header = new TextDecoder().decode(bytes.subarray(10, bytes.length - 24));
  assertMatch(header, /^\{'descr': '<f4', .* \} # of these .* # a note *\n$/);
  assertEquals((10 + header.length) % 64, 0);
  assertEquals("note" in parseNpy(encodeNpy(array), "x"), false);
});
