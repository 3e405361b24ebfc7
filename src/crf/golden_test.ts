import { assert } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { type CrfOptions, denseCrf } from "./mod.ts";

const folder = new URL("../../../shared/golden/crf/", import.meta.url);
const missing = !await Deno.stat(folder).then(() => true, () => false);
if (missing) console.warn("src/crf/golden_test.ts: skipped, there is no ../shared/golden/crf");

const kinds: Record<string, CrfOptions> = {
  gaussian: { bilateral: [] },
  bilateral: { gaussian: [] },
  both: {},
};

for (const name of ["im1_64x48", "im1_61x47", "im1_320x240"]) {
  Deno.test({
    name: `denseCrf agrees with pydensecrf and with the exact mean field on ${name}`,
    ignore: missing,
    async fn() {
      using device = await Device.open();
      const { tensors } = await readSafetensors(new URL(`${name}.safetensors`, folder).pathname);
      const of = (key: string) => tensors.get(key)!;
      const [height, width] = of("in.image").shape;
      const image = { width, height, data: of("in.image").data as Uint8Array };
      const unary = new Float32Array(of("in.unary").data as Float32Array);
      for (const [key, { data }] of tensors) {
        const match = /^(out|exact)\.q\.(\w+)\.(\d+)$/.exec(key);
        if (!match) continue;
        const exact = match[1] === "exact";
        const method = exact ? "exact" : "lattice";
        const options = { ...kinds[match[2]], method, iterations: Number(match[3]) } as const;
        const q = await denseCrf(device, image, unary, options);
        const expected = data as Float32Array;
        const far = q.filter((v, i) => !(Math.abs(v - expected[i]) <= (exact ? 1e-4 : 1e-3)));
        assert(far.length <= (exact ? 0 : 1e-3 * q.length), `${key}: ${far.length} values are off`);
        const other = differing(q, expected, width * height);
        assert(other <= 1e-3 * width * height, `${key}: ${other} labels differ`);
      }
    },
  });
}

function differing(a: Float32Array, b: Float32Array, pixels: number): number {
  const best = (q: Float32Array, p: number) => {
    let label = p;
    for (let i = p; i < q.length; i += pixels) if (q[i] > q[label]) label = i;
    return label;
  };
  let count = 0;
  for (let p = 0; p < pixels; p++) if (best(a, p) !== best(b, p)) count++;
  return count;
}
