/**
 * Values of a network's tensor that follow from its published name, as those of the networks in
 * `fixtures/golden` do (README.md there): close to what a trained network has, and no weights to keep.
 *
 * @param name as in the state_dict of torchvision
 * @param shape its sizes
 * @param ends whether it is the scale of a batch norm that ends a residual block: a fifth of others
 */
export function formulaWeights(
  name: string,
  shape: readonly number[],
  ends = false,
): Float32Array<ArrayBuffer> {
  const length = shape.reduce((a, b) => a * b, 1);
  const seed = crc32(name) % 1000;
  const fan = length / shape[0];
  return Float32Array.from({ length }, (_, i) => {
    const u = fraction(Math.sin(12.9898 * (i + 1) + seed) * 43758.5453);
    if (name.endsWith("running_var")) return 0.5 + u;
    if (shape.length > 1) return (u - 0.5) * Math.sqrt(12) * Math.sqrt(2 / fan);
    return name.endsWith("weight") ? (0.5 + u) * (ends ? 0.2 : 1) : 0.2 * (u - 0.5);
  });
}

/** The image `[1, 3, height, width]` that goes with them, in [-1, 1). */
export function formulaImage(height: number, width: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: 3 * height * width },
    (_, i) => 2 * fraction(Math.sin(78.233 * (i + 1) + 3) * 43758.5453) - 1,
  );
}

function fraction(x: number): number {
  return x - Math.floor(x);
}

function crc32(text: string): number {
  let crc = -1;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
