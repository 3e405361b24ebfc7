/** Whether a marker begins a header of a frame. */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/**
 * The segments up to the image data, those of the first scan's header included: marker 0xc0..0xfe, and
 * where the content lies. What stands between them is skipped, as every reader does.
 */
export function* segments(
  bytes: Uint8Array,
): Generator<{ marker: number; start: number; end: number }, void, undefined> {
  let left = 2 ** 16; // some cameras write hundreds
  for (let at = bytes.indexOf(0xff, 2); at >= 0 && at + 4 <= bytes.length && left > 0;) {
    const marker = bytes[at + 1];
    if (marker < 0xc0 || marker === 0xff || marker >= 0xd0 && marker < 0xd8) {
      at = bytes.indexOf(0xff, at + 1); // padding, or a marker without content
      continue;
    }
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    if (marker === 0xd8 || marker === 0xd9 || end > bytes.length || end < at + 4) return;
    yield { marker, start: at + 4, end };
    left--;
    if (marker === 0xda) return;
    at = bytes.indexOf(0xff, end);
  }
}
