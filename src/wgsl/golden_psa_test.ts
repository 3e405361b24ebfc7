import { assert, assertEquals } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { backward } from "../nn/backward.ts";
import { parameter, read, reshape, tensor } from "../tensor/mod.ts";
import { parseSafetensors } from "../weights/safetensors.ts";
import { affinity, affinityLoss, elu, pairOffsets, randomWalk } from "./mod.ts";

const path = new URL("../../../shared/golden/psa.safetensors", import.meta.url);
const missing = !exists(path);
if (missing) console.warn(`golden affinities are not tested: no file ${path.pathname}`);

const { tensors, metadata } = missing
  ? { tensors: new Map(), metadata: {} as Record<string, string> }
  : parseSafetensors(Deno.readFileSync(path), "golden");
const values = (name: string): Float32Array => tensors.get(name)!.data;
const shapeOf = (name: string): readonly number[] => tensors.get(name)!.shape;

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test({
    name: `affinities, losses and gradient are as the authors' code's (${kernels})`,
    ignore: missing,
    fn: async () => {
      using device = await Device.open({ kernels });
      const radius = Number(metadata.radius);
      assertEquals(pairOffsets(radius).flat(), [...values("out.offsets_dy_dx")]);
      const x = parameter(device, Float32Array.from(values("in.feature")), shapeOf("in.feature"));
      const a = affinity(elu(x), { radius });
      assertEquals(a.shape, [1, ...shapeOf("out.affinity")]);
      near(await read(a), values("out.affinity"), 1e-6, "affinity");
      const labels = tensor(device, Uint32Array.from(values("in.label")), shapeOf("in.label"));
      const loss = affinityLoss(a, reshape(labels, [1, ...labels.shape]), { radius });
      near(await read(loss.background), values("out.loss_bg"), 1e-5, "background");
      near(await read(loss.foreground), values("out.loss_fg"), 1e-5, "foreground");
      near(await read(loss.negative), values("out.loss_neg"), 1e-5, "negative");
      near(await read(loss.total), values("out.loss"), 1e-5, "total");
      const dx = await read(backward(loss.total).get(x)!);
      near(dx, values("grad.feature"), 1e-7, "gradient");
    },
  });

  Deno.test({
    name: `the random walk is as the authors' code's (${kernels})`,
    ignore: missing,
    fn: async () => {
      using device = await Device.open({ kernels });
      const x = tensor(device, Float32Array.from(values("in.feature")), shapeOf("in.feature"));
      const scores = tensor(device, Float32Array.from(values("in.cam")), shapeOf("in.cam"));
      const walked = randomWalk(elu(x), scores, {
        radius: Number(metadata.radius),
        beta: Number(metadata.beta),
        steps: 2 ** Number(metadata.logt),
      });
      near(await read(walked), values("out.random_walk"), 1e-5, "score");
    },
  });
}

function near(got: Float32Array, wanted: Float32Array, bound: number, what: string): void {
  assertEquals(got.length, wanted.length, what);
  const off = got.reduce((most, v, i) => Math.max(most, Math.abs(v - wanted[i])), 0);
  assert(off <= bound, `${what}: off by ${off}`);
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
