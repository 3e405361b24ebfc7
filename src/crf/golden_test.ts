import { assert } from "@std/assert";
import { Golden } from "../../tests/golden.ts";
import { Device } from "../gpu/mod.ts";
import { type CrfImage, type CrfOptions, DenseCrf } from "./mod.ts";

const kinds: Record<string, CrfOptions> = {
  gaussian: { bilateral: [] },
  bilateral: { gaussian: [] },
  both: {},
};

/** Every expected Q of a file, with the image, the energies and the options that lead to it. */
function* expected(golden: Golden) {
  const [height, width] = golden.shape("in.image");
  const data = golden.entry("in.image").data as Uint8Array<ArrayBuffer>;
  const image: CrfImage = { width, height, data };
  const unary = golden.values("in.unary").map((u) => u / 32);
  for (const key of golden.tensors.keys()) {
    const match = /^(out|exact)\.q\.(\w+)\.(\d+)$/.exec(key);
    if (!match) continue;
    const [, source, kind, iterations] = match;
    const method = source === "exact" ? "exact" : "lattice";
    const options: CrfOptions = { ...kinds[kind], method, iterations: Number(iterations) };
    yield { key, image, unary, options, wanted: golden.values(key).map((q) => q / 65535) };
  }
}

// Of more than four labels Q is kept in 15 bits between the iterations, unless it is traced.
for (const [name, bound] of [["crf_64x48", 2e-5], ["crf_61x47", 5e-4]] as const) {
  Deno.test(`denseCrf agrees with pydensecrf and with the exact mean field on ${name}`, async () => {
    using device = await Device.open();
    let count = 0;
    for (const { key, image, unary, options, wanted } of expected(new Golden(name))) {
      count++;
      using crf = new DenseCrf(device, options);
      const q = await crf.probabilities(image, unary);
      const off = distance(q, wanted);
      assert(off <= (options.method === "exact" ? 1e-4 : bound), `${key}: off by ${off}`);
      const other = differing(q, wanted, image.width * image.height);
      assert(other <= 1, `${key}: ${other} labels differ`);
      if (options.method === "exact") continue;
      const { probabilities } = await crf.trace(image, unary);
      const traced = distance(probabilities, wanted);
      assert(traced <= 2e-5, `${key}, traced: off by ${traced}`);
    }
    assert(count >= 5);
  });
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
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
