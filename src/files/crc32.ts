import { nativeZlib } from "./native_zlib.ts";

/** The remainders of every byte by the polynomial of ISO 3309, lowest bit first. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of bytes, as PNG and zip have it (ISO 3309, ITU-T V.42). */
export function crc32(bytes: Uint8Array): number {
  return nativeZlib?.crc32?.(bytes) ?? portableCrc32(bytes);
}

/** The same in JavaScript alone, for browsers. */
export function portableCrc32(bytes: Uint8Array): number {
  let value = -1;
  for (let i = 0; i < bytes.length; i++) {
    value = remainders[(value ^ bytes[i]) & 0xff] ^ (value >>> 8);
  }
  return ~value >>> 0;
}
