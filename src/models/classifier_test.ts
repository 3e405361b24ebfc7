import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { backward, releaseState, setStep } from "../nn/mod.ts";
import { read, type Tensor, tensor } from "../tensor/mod.ts";
import { multilabelSoftMargin } from "../wgsl/mod.ts";
import { Classifier } from "./classifier.ts";

const [N, CHANNELS, H, W, CLASSES] = [2, 12, 5, 7, 4];
const BIAS = [0.5, -0.25, 1];

function features(device: Device): { x: Tensor; values: Float32Array<ArrayBuffer> } {
  const random = new Random("features");
  const values = Float32Array.from({ length: N * CHANNELS * H * W }, () => random.uniform(-1, 2));
  return { x: tensor(device, values, [N, CHANNELS, H, W]), values };
}

async function withClassifier(
  [centred, biased]: readonly [boolean, boolean],
  test: (classifier: Classifier, device: Device) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const options = { channels: CHANNELS, classes: CLASSES, centred, biased };
  const classifier = new Classifier(device, options, new Random(3));
  if (biased) device.write(classifier.bias!.storage, Float32Array.of(...BIAS));
  if (centred) {
    const centre = Float32Array.from({ length: CHANNELS }, (_, c) => c / CHANNELS);
    device.write(classifier.centre!.storage, centre);
  }
  {
    using _scope = device.scope();
    await test(classifier, device);
  }
  releaseState(classifier);
  assertEquals(device.pool.live, 0);
}

for (const [centred, biased] of [[false, false], [true, false], [false, true], [true, true]]) {
  const of = `centred: ${centred}, biased: ${biased}`;
  Deno.test(`logits are the mean over all pixels of what makes the maps (${of})`, () =>
    withClassifier([centred, biased], async (classifier, device) => {
      const { x, values } = features(device);
      const logits = await read(classifier.forward(x, "infer"));
      const labels = [3, 1];
      const cams = await read(classifier.cam(x, labels));
      const weights = await read(classifier.fc8.weight);
      const wantedLogits = new Float32Array(N * 3);
      const wantedCams = new Float32Array(N * 2 * H * W);
      for (let n = 0; n < N; n++) {
        for (let k = 0; k < 3; k++) {
          let total = 0;
          for (let u = 0; u < H * W; u++) {
            let here = biased ? BIAS[k] : 0;
            for (let c = 0; c < CHANNELS; c++) {
              const value = values[(n * CHANNELS + c) * H * W + u];
              here += weights[k * CHANNELS + c] * (centred ? value - c / CHANNELS : value);
            }
            total += here;
            const at = labels.indexOf(k + 1);
            if (at >= 0) wantedCams[(n * 2 + at) * H * W + u] = Math.max(0, here);
          }
          wantedLogits[n * 3 + k] = total / (H * W);
        }
      }
      assertNear(logits, wantedLogits, 1e-5, "logits");
      assertNear(cams, wantedCams, 1e-5, "maps");
      assert(wantedCams.includes(0) && wantedCams.some((value) => value > 0));
    }));
}

Deno.test("a classifier learns from features and from their means alike", () =>
  withClassifier([true, false], async (classifier, device) => {
    const { x, values } = features(device);
    const means = Float32Array.from(
      { length: N * CHANNELS },
      (_, i) => values.subarray(i * H * W, (i + 1) * H * W).reduce((a, b) => a + b) / (H * W),
    );
    const labels = tensor(device, new Float32Array([1, 0, 0, 0, 1, 1]), [N, CLASSES - 1]);
    const gradientAt = async (input: Tensor, step: number) => {
      setStep(classifier, step);
      const loss = multilabelSoftMargin(classifier.forward(input, "train"), labels);
      return await read(backward(loss).get(classifier.fc8.weight)!);
    };
    const whole = await gradientAt(x, 5);
    const pooled = await gradientAt(tensor(device, means, [N, CHANNELS, 1, 1]), 5);
    assertNear(pooled, whole, 1e-5, "gradient");
    const other = await gradientAt(x, 6);
    assert(other.some((value, i) => Math.abs(value - whole[i]) > 1e-3), "other channels drop out");
  }));
