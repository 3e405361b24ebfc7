import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import * as fc from "fast-check";
import { InputError } from "../files/error.ts";
import {
  bytesPerElement,
  type DType,
  type Entry,
  entry,
  float32,
  indices,
  type Values,
  valuesOf,
} from "./entry.ts";
import {
  encodeSafetensors,
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from "./safetensors.ts";

/** A file from a header and data, however wrong. */
function file(header: unknown, data = 0): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function refusal(bytes: Uint8Array<ArrayBuffer>): string {
  const error = assertThrows(() => parseSafetensors(bytes, "w.safetensors"), SyntaxError);
  assertMatch(error.message, /^Cannot read w\.safetensors: /);
  return error.message;
}

const dtypes: DType[] = "F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL".split(" ") as DType[];
const anyEntry: fc.Arbitrary<Entry> = fc.record({
  dtype: fc.constantFrom(...dtypes),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
}).chain(({ dtype, shape }) => {
  const count = shape.reduce((a, b) => a * b, 1);
  const length = count * bytesPerElement(dtype);
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
    if (dtype === "BOOL") bytes.forEach((byte, i) => bytes[i] = byte & 1);
    return { dtype, shape, data: valuesOf(dtype, new Uint8Array(bytes)) };
  });
});
/** NaNs keep no payload through a conversion. */
const comparable = ({ dtype, shape, data }: Entry) => [dtype, shape, [...data].map(String)];

Deno.test("encodeSafetensors and parseSafetensors are inverse, for every type and name", () => {
  const name = fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__");
  const files = fc.tuple(
    fc.array(fc.tuple(name, anyEntry)),
    fc.dictionary(fc.string(), fc.string()),
  );
  fc.assert(fc.property(files, ([list, metadata]) => {
    const tensors = new Map(list);
    const bytes = encodeSafetensors(tensors, metadata);
    const read = parseSafetensors(bytes, "w");
    assertEquals({ ...read.metadata }, { ...metadata });
    assertEquals(read.tensors.size, tensors.size);
    for (const [name, entry] of tensors) {
      assertEquals(comparable(read.tensors.get(name)!), comparable(entry));
    }
    const view = new DataView(bytes.buffer);
    assertEquals(Number(view.getBigUint64(0, true)) % 8, 0);
  }));
});

Deno.test("half floats: values that other programs wrote", () => {
  const halves = (dtype: DType, ...words: number[]) => [
    ...valuesOf(dtype, new Uint8Array(Uint16Array.from(words).buffer)),
  ];
  assertEquals(halves("F16", 0x3c00, 0xc000, 0x7bff, 0x0001), [1, -2, 65504, 2 ** -24]);
  assertEquals(halves("BF16", 0x3f80, 0xc000, 0x7f80, 0x3fc0), [1, -2, Infinity, 1.5]);
  const written = encodeSafetensors(
    new Map([["x", {
      dtype: "BF16",
      shape: [3],
      data: new Float32Array([1 + 2 ** -8, 1 + 3 * 2 ** -8, NaN]),
    }]]),
  );
  // Ties go to even.
  assertEquals([...parseSafetensors(written, "w").tensors.get("x")!.data], [1, 1 + 2 ** -6, NaN]);
});

Deno.test("parseSafetensors: what is truncated at any byte is refused", () => {
  const bytes = encodeSafetensors(
    new Map([["a", entry([3], new Float32Array(3))], ["b", entry([1], new Uint8Array(1))]]),
    { made: "here" },
  );
  for (let length = 0; length < bytes.length; length++) refusal(bytes.slice(0, length));
  assertMatch(refusal(new Uint8Array([...bytes, 0])), /1 bytes of its data belong to no tensor/);
});

Deno.test("parseSafetensors: inconsistent headers are refused with the reason", () => {
  const tensor = (dtype: string, shape: unknown, ...data_offsets: number[]) => ({
    dtype,
    shape,
    data_offsets,
  });
  assertMatch(refusal(file("{")), /not JSON/);
  assertMatch(refusal(file("[]")), /not a JSON object/);
  assertMatch(refusal(file({ __metadata__: { a: 1 } })), /metadata/);
  assertMatch(refusal(file({ a: 3 })), /tensor a lacks/);
  assertMatch(refusal(file({ a: tensor("F12", [1], 0, 4) }, 4)), /unknown type F12/);
  assertMatch(refusal(file({ a: tensor("F32", [2], 0, 4) }, 4)), /shape \[2\] does not fit/);
  assertMatch(refusal(file({ a: tensor("F32", [-1], 0, -4) }, 4)), /does not fit/);
  assertMatch(refusal(file({ a: tensor("F32", [1.5], 0, 6) }, 6)), /does not fit/);
  assertMatch(refusal(file({ a: tensor("F32", [2 ** 40, 2 ** 40], 0, 4) }, 4)), /does not fit/);
  const [a, b] = [tensor("U8", [4], 0, 4), tensor("U8", [4], 2, 6)];
  assertMatch(refusal(file({ a, b }, 6)), /tensor b overlaps/);
  assertMatch(refusal(file({ a, b: tensor("U8", [1], 5, 6) }, 6)), /gap before the tensor b/);
  assertMatch(refusal(file({ a: tensor("U8", [4], -4, 0) }, 4)), /overlaps/);
});

Deno.test("writeSafetensors: to disk and back; bad input is refused by name", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/w.safetensors`;
  const tensors = new Map([["x", entry([2, 1], new Float32Array([1, 2]))]]);
  await writeSafetensors(path, tensors, { step: "3" });
  assertEquals(await readSafetensors(path), { tensors, metadata: { step: "3" } });
  await Deno.truncate(path, 30);
  await assertRejects(() => readSafetensors(path), InputError, `Cannot read ${path}: it is no`);
  await assertRejects(() => readSafetensors(`${folder}/none`), InputError, "no such file");
  await Deno.remove(folder, { recursive: true });
  assertThrows(() => entry([3], new Float32Array(2)), TypeError, "2 elements do not fill [3]");
  const wrong: Entry = { dtype: "F32", shape: [3], data: new Float32Array(2) };
  assertThrows(() => encodeSafetensors(new Map([["x", wrong]])), TypeError, "x");
});

Deno.test("float32 takes numbers of every type", () => {
  assertEquals(float32(entry([2], new BigInt64Array([3n, -4n]))), new Float32Array([3, -4]));
  assertEquals(float32(entry([1], new Uint8Array([200]))), new Float32Array([200]));
});

Deno.test("indices takes whole numbers of every type from 0, and names what is none", () => {
  for (const data of [Int8Array.of(3, 0, 127), Uint16Array.of(3, 0, 255), Int32Array.of(1, 2, 3)]) {
    assertEquals(indices(entry([3], data)), Uint32Array.from(data));
  }
  assertEquals(indices(entry([2], BigInt64Array.of(7n, 0n))), Uint32Array.of(7, 0));
  assertEquals(indices(entry([2], Float32Array.of(20, 2 ** 31))), Uint32Array.of(20, 2 ** 31));
  const refused = (data: Values, name: string) =>
    assertThrows(() => indices(entry([1, 2], data)), RangeError, name);
  refused(Int32Array.of(0, -1), "Cannot take the tensor [1,2] as indices: element 1 is -1, not");
  refused(Float32Array.of(0.5, 0), "element 0 is 0.5");
  refused(BigInt64Array.of(0n, 2n ** 32n), "element 1 is 4294967296");
  refused(Float64Array.of(0, NaN), "element 1 is NaN");
});

Deno.test("readSafetensors: a file that Python wrote", async () => {
  const file = new URL("../../tests/fixtures/golden/ops.safetensors", import.meta.url);
  const { tensors } = await readSafetensors(fromFileUrl(file));
  for (const [name, { shape, data }] of tensors) {
    assertEquals(data.length, shape.reduce((a, b) => a * b, 1), name);
  }
  assertEquals(tensors.size > 100, true);
});
