/** A number that is written in four bytes; others are whole numbers. */
export class Float {
  /** The number. */
  constructor(readonly value: number) {}
}

/** One field of a message: its number and its value. */
export type Field = readonly [
  number: number,
  value: number | Float | string | Uint8Array<ArrayBuffer> | Message,
];

/** A message of Protocol Buffers: its fields in order; one that is repeated stands there several times. */
export type Message = readonly Field[];

/**
 * A message in the wire format of Protocol Buffers, in pieces: whole numbers as varints; texts, bytes
 * and messages behind their length. Bytes are not copied.
 */
export function encodeMessage(message: Message): Uint8Array<ArrayBuffer>[] {
  return message.flatMap(([number, value]) => {
    if (typeof value === "number") return [varint(8 * number), varint(value)];
    if (value instanceof Float) {
      return [varint(8 * number + 5), new Uint8Array(Float32Array.of(value.value).buffer)];
    }
    const content = typeof value === "string"
      ? [new TextEncoder().encode(value)]
      : value instanceof Uint8Array
      ? [value]
      : encodeMessage(value);
    const length = content.reduce((sum, { length }) => sum + length, 0);
    return [varint(8 * number + 2), varint(length), ...content];
  });
}

/** A whole number in groups of seven bits, the lowest first. */
function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}
