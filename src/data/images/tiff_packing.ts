/**
 * Unpacks LZW as TIFF has it (revision 6.0, section 13): codes of 9 to 12 bits, high bits first, that
 * grow one code early. It ends with `most` bytes or with the data, whichever comes first.
 * Throws SyntaxError, whose message is the bare reason, for a code that cannot be.
 */
export function unpackLzw(packed: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const unpacked = new Uint8Array(most);
  // What a code stands for lies in the output already: where it begins, and how long it is.
  const [starts, lengths] = [new Uint32Array(4097), new Uint32Array(4097)];
  let [to, bits, have, width, next] = [0, 0, 0, 9, 258];
  let before = -1; // the code before this one; -1 at the beginning
  let [start, length] = [0, 0]; // where what it stood for was written
  for (const byte of packed) {
    bits = (bits << 8 | byte) & 0xffffff;
    have += 8;
    if (have < width) continue;
    have -= width;
    const code = bits >> have & (1 << width) - 1;
    if (code === 257) break;
    if (code === 256) {
      [width, next, before] = [9, 258, -1];
      continue;
    }
    if (before >= 0 && next < 4096) {
      starts[next] = start; // what came before, and the byte that follows it
      lengths[next] = length + 1;
      next++;
    }
    if (code >= next) throw new SyntaxError("it is damaged or truncated");
    const at = to;
    if (code < 256) {
      if (to < most) unpacked[to++] = code;
    } else {
      const end = Math.min(most, to + lengths[code]);
      for (let from = starts[code]; to < end; from++) unpacked[to++] = unpacked[from];
    }
    if (to >= most) break;
    [before, start, length] = [code, at, to - at];
    if (next >= (1 << width) - 1 && width < 12) width++;
  }
  return unpacked.subarray(0, to);
}

/** Unpacks PackBits (revision 6.0, section 9), `most` bytes at most. */
export function unpackBits(packed: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const unpacked = new Uint8Array(most);
  let to = 0;
  for (let at = 0; at + 1 < packed.length && to < most;) {
    const count = packed[at];
    if (count > 128) {
      unpacked.fill(packed[at + 1], to, to += 257 - count);
      at += 2;
    } else if (count === 128) at++;
    else {
      const run = packed.subarray(at + 1, Math.min(at + 2 + count, at + 1 + most - to));
      unpacked.set(run, to);
      to += run.length;
      at += 2 + count;
    }
  }
  return unpacked.subarray(0, Math.min(to, most));
}
