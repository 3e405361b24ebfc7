import { assert, assertEquals } from "@std/assert";
import { assertNear, values } from "../../tests/check_op.ts";
import { Golden } from "../../tests/golden.ts";
import {
  referenceChange,
  referenceHead,
  type Values,
  type Weights,
} from "../../tests/predictor_reference.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, releaseState, state } from "../nn/mod.ts";
import { read, sizeOf, tensor } from "../tensor/mod.ts";
import { add, mul } from "../wgsl/mod.ts";
import { type DifferenceOptions, DifferencePredictor } from "./difference.ts";
import { publishedTensors } from "./published.ts";

Deno.test("the predictor's head is the authors'", async () => {
  using device = await Device.open();
  const golden = new Golden("scpp");
  const [, width] = golden.shape("out.head");
  const shape = { high: 32, low: 16, classes: 21, width, norm: "frozen" } as const;
  const predictor = new DifferencePredictor(device, shape, new Random(0));
  for (const [name, { storage }] of publishedTensors({ first: predictor })) {
    if (!name.startsWith("dd_head0.")) continue;
    device.write(storage, golden.values(name.replace("dd_head0.", "param.head.")));
  }
  using _scope = device.scope();
  const head = predictor.head(golden.tensor(device, "in.high"), golden.tensor(device, "in.low"));
  assertEquals(head.shape, golden.shape("out.head"));
  assertNear(await read(head), golden.values("out.head"), 1e-4);
  releaseState(predictor);
});

const [N, H, W] = [2, 7, 9];
const SHAPE: DifferenceOptions = { high: 6, low: 3, classes: 4, width: 8 };

/** A network with weights and statistics that are unlike those it begins with. */
function build(device: Device, norm: "none" | "frozen") {
  const predictor = new DifferencePredictor(device, { ...SHAPE, norm }, new Random(0));
  const weights = new Map<string, Values>();
  for (
    const [i, [name, { shape, storage }]] of [...publishedTensors({ first: predictor })].entries()
  ) {
    const random = values(sizeOf(shape), i);
    const data = name.endsWith("_var") ? random.map((v) => 1 + v / 2) : random.map((v) => v / 2);
    device.write(storage, data);
    weights.set(name, { shape, data });
  }
  return { predictor, weights };
}

for (const norm of ["none", "frozen"] as const) {
  Deno.test(`change logits and their gradients are those of plain loops (norm: ${norm})`, async () => {
    using device = await Device.open();
    const { predictor, weights } = build(device, norm);
    const high = { shape: [N, SHAPE.high, H, W], data: values(N * SHAPE.high * H * W, 50) };
    const low = { shape: [N, SHAPE.low, H, W], data: values(N * SHAPE.low * H * W, 51) };
    // Every class, and labels that are none.
    const masks = [0, 3].map((first) => ({
      shape: [N, H, W],
      data: Uint32Array.from({ length: N * H * W }, (_, i) => i % 11 === 5 ? 255 : (first + i) % 4),
    }));
    const [dK, dA] = [60, 61].map((seed) => values(N * H * W, seed));
    const reference = (get: Weights) => {
      const head = referenceHead(get, high, low);
      return masks.map((mask) => referenceChange(get, head, mask).data);
    };
    /** The sum of the logits times `dK` and `dA`, with a tensor's weights moved. */
    const moved = (name: string, along: Float32Array, by: number) => {
      const [K, A] = reference((asked) => {
        const own = weights.get(asked);
        if (asked !== name || !own) return own;
        return { ...own, data: Float64Array.from(own.data, (v, i) => v + by * along[i]) };
      });
      return dot(K, dK) + dot(A, dA);
    };
    const upload = ({ shape, data }: { shape: number[]; data: Float32Array | Uint32Array }) =>
      tensor(device, data as Float32Array<ArrayBuffer>, shape);
    {
      using _scope = device.scope();
      for (const [, part] of state(predictor)) part.trained = true;
      const head = predictor.head(upload(high), upload(low));
      const logits = predictor.logitsOfEach(head, masks.map(upload));
      for (const [i, wanted] of reference((name) => weights.get(name)).entries()) {
        assertEquals(logits[i].shape, [N, 1, H, W]);
        assertNear(await read(logits[i]), wanted, 2e-5, `logits ${i}`);
      }
      const [K, A] = [dK, dA].map((data, i) =>
        mul(logits[i], upload({ shape: [N, 1, H, W], data }))
      );
      const gradients = backward(add(K, A));
      let checked = 0;
      for (const [name, part] of publishedTensors({ first: predictor })) {
        if (name.includes("running")) continue;
        const along = values(part.size, 70 + checked++);
        const wanted = (moved(name, along, 1e-6) - moved(name, along, -1e-6)) / 2e-6;
        const dx = await read(gradients.get(part)!);
        const scale = Math.sqrt(dot(dx, dx) * dot(along, along));
        const got = dot(dx, along);
        assert(
          scale > 0 && Math.abs(got - wanted) <= 2e-4 * scale,
          `${name}: ${got}, not ${wanted}`,
        );
      }
      assertEquals(checked, norm === "none" ? 14 : 19);
    }
    releaseState(predictor);
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
