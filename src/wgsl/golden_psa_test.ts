import { assert, assertEquals } from "@std/assert";
import { Golden } from "../../tests/golden.ts";
import { Device } from "../gpu/mod.ts";
import { backward } from "../nn/backward.ts";
import { parameter, read, reshape } from "../tensor/mod.ts";
import { affinity, affinityLoss, elu, pairOffsets, randomWalk } from "./mod.ts";

const golden = new Golden("psa");
const { metadata } = golden;

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`affinities, losses and gradient are as the authors' code's (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    const radius = Number(metadata.radius);
    assertEquals(pairOffsets(radius).flat(), [...golden.entry("out.offsets_dy_dx").data]);
    const x = parameter(device, golden.values("in.feature"), golden.shape("in.feature"));
    const a = affinity(elu(x), { radius });
    assertEquals(a.shape, [1, ...golden.shape("out.affinity")]);
    near(await read(a), golden.values("out.affinity"), 1e-6, "affinity");
    const labels = golden.tensor(device, "in.label");
    const loss = affinityLoss(a, reshape(labels, [1, ...labels.shape]), { radius });
    near(await read(loss.background), golden.values("out.loss_bg"), 1e-5, "background");
    near(await read(loss.foreground), golden.values("out.loss_fg"), 1e-5, "foreground");
    near(await read(loss.negative), golden.values("out.loss_neg"), 1e-5, "negative");
    near(await read(loss.total), golden.values("out.loss"), 1e-5, "total");
    const dx = await read(backward(loss.total).get(x)!);
    near(dx, golden.values("grad.feature"), 1e-7, "gradient");
  });

  Deno.test(`the random walk is as the authors' code's (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    const x = golden.tensor(device, "in.feature");
    const scores = golden.tensor(device, "in.cam");
    const walked = randomWalk(elu(x), scores, {
      radius: Number(metadata.radius),
      beta: Number(metadata.beta),
      steps: 2 ** Number(metadata.logt),
    });
    near(await read(walked), golden.values("out.random_walk"), 1e-5, "score");
  });
}

function near(got: Float32Array, wanted: Float32Array, bound: number, what: string): void {
  assertEquals(got.length, wanted.length, what);
  const off = got.reduce((most, v, i) => Math.max(most, Math.abs(v - wanted[i])), 0);
  assert(off <= bound, `${what}: off by ${off}`);
}
