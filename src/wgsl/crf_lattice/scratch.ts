/** The most bytes that are kept: photographs of a megapixel. */
const MOST = 2 ** 26;

const kept = new Map<string, Float32Array<ArrayBuffer>>();

/**
 * An array whose values are left from before, for what is overwritten and copied at once: fresh memory
 * costs a program more than the values that it writes there. It is its own until the name is used again.
 */
export function scratch(name: string, length: number): Float32Array<ArrayBuffer> {
  let found = kept.get(name);
  if (found === undefined || found.length < length) {
    found = new Float32Array(length);
    if (found.byteLength <= MOST) kept.set(name, found);
  }
  return found.subarray(0, length);
}
