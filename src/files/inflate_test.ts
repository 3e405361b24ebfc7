import { assertEquals, assertThrows } from "@std/assert";
import { deflateRawSync, deflateSync } from "node:zlib";
import { crc32, portableCrc32 } from "./crc32.ts";
import { type Deflated, inflate, portableInflate } from "./inflate.ts";

/** Bytes that are not all alike: runs, and what does not pack. */
const content = Uint8Array.from(
  { length: 100_000 },
  (_, i) => i % 1000 < 500 ? 7 : (i * 2_654_435_761) >>> 24,
);
const packers: readonly [Deflated, (bytes: Uint8Array) => Uint8Array][] = [
  ["raw", deflateRawSync],
  ["zlib", deflateSync],
];

for (const [name, unpack] of Object.entries({ inflate, portableInflate })) {
  for (const [format, pack] of packers) {
    Deno.test(`${name}, ${format}: what was packed comes out, and no more than may`, () => {
      const packed = Uint8Array.from(pack(content));
      assertEquals(unpack(packed, content.length, format), content);
      assertEquals(unpack(packed, content.length + 9, format).length, content.length);
      assertThrows(() => unpack(packed, content.length - 1, format), RangeError, "more than 99999");
      for (const part of [packed.subarray(0, 5), packed.subarray(0, packed.length - 9)]) {
        assertThrows(() => unpack(part, content.length, format), SyntaxError, "truncated");
      }
      assertThrows(() => unpack(new Uint8Array(), 9, format), SyntaxError, "truncated");
      const bomb = Uint8Array.from(pack(new Uint8Array(2 ** 24)));
      assertThrows(() => unpack(bomb, 1000, format), RangeError, "more than 1000");
    });
  }
}

Deno.test("CRC-32 is that of the standard, by the system and without it", () => {
  for (const sum of [crc32, portableCrc32]) {
    assertEquals(sum(new TextEncoder().encode("123456789")), 0xcbf43926); // its check value
    assertEquals(sum(new Uint8Array()), 0);
  }
  assertEquals(portableCrc32(content), crc32(content));
});
