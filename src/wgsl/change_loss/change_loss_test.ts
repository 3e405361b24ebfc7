import { assertEquals, assertThrows } from "@std/assert";
import { assertNear, checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { parameter, read, tensor } from "../../tensor/mod.ts";
import { changeLoss, type ChangeLossOptions } from "../mod.ts";

const EXCLUDED = [0, 1, 0, 0];
const shapes = [[4, 1, 1, 1], [4, 1, 5, 7], [4, 1, 12, 30]];

/** Image 2 has no change, image 3 nothing else; some pixels are void. */
function targets(hw: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values(4 * hw, 4), (v, i) => {
    const n = Math.floor(i / hw);
    return i % 11 === 6 ? 255 : n === 2 ? 0 : n === 3 ? 1 : Number(v > 0.4);
  });
}

function reference(z: Float64Array, y: Uint32Array, excluded: number[], balance: string): number {
  const hw = z.length / excluded.length;
  const kept = excluded.flatMap((flag, n) => flag ? [] : [n]);
  const half = (images: number[], label: number) => {
    let [sum, count] = [0, 0];
    for (const n of images) {
      for (let i = n * hw; i < (n + 1) * hw; i++) {
        if (y[i] !== label) continue;
        sum += Math.log1p(Math.exp(label ? -z[i] : z[i]));
        count++;
      }
    }
    return { sum, count, mean: count ? sum / count : 0 };
  };
  const balanced = (images: number[]) => (half(images, 0).mean + half(images, 1).mean) / 2;
  if (kept.length === 0) return 0;
  if (balance === "batch") return balanced(kept);
  const [same, changed] = [half(kept, 0), half(kept, 1)];
  if (balance === "plain") return (same.sum + changed.sum) / (same.count + changed.count);
  return kept.reduce((sum, n) => sum + balanced([n]) / kept.length, 0);
}

for (const balance of ["image", "batch", "plain"] as const) {
  for (const excluded of [[0, 0, 0, 0], EXCLUDED]) {
    Deno.test(`changeLoss balanced by ${balance}, excluding [${excluded}]`, async () => {
      for (const shape of shapes) {
        const hw = shape[2] * shape[3];
        await checkOp({
          shapes: [shape],
          op: ([x], device) =>
            changeLoss(x, tensor(device, targets(hw), [4, ...shape.slice(2)]), {
              balance,
              exclude: tensor(device, new Float32Array(excluded), [4]),
            }),
          values: (_, size) => values(size).map((v) => 4 * v),
          reference: ([x]) => [reference(x, targets(hw), excluded, balance)],
        });
      }
    });
  }
}

Deno.test("changeLoss reads flags by class, and targets of either type", async () => {
  await onBothKernels(async (device) => {
    const data = values(40);
    const x = tensor(device, data, [4, 1, 2, 5]);
    const y = targets(10);
    const flags = new Uint32Array(12);
    flags[5] = 1; // the last class of image 1
    const options: ChangeLossOptions = { exclude: tensor(device, flags, [4, 3]) };
    const wanted = [reference(Float64Array.from(data), y, EXCLUDED, "image")];
    assertNear(await read(changeLoss(x, tensor(device, y, [4, 2, 5]), options)), wanted);
    const all = y.map((v) => Number(v !== 0)); // 255 of f32 is a change
    const floats = tensor(device, Float32Array.from(all), [4, 2, 5]);
    const whole = [reference(Float64Array.from(data), all, EXCLUDED, "image")];
    assertNear(await read(changeLoss(x, floats, options)), whole);
  });
});

Deno.test("changeLoss of no kept image is 0, and so is its gradient", async () => {
  await onBothKernels(async (device) => {
    for (const balance of ["image", "batch", "plain"] as const) {
      const x = parameter(device, values(8), [2, 1, 2, 2]);
      const y = tensor(device, new Uint32Array(8), [2, 2, 2]);
      const exclude = tensor(device, new Uint32Array([1, 1]), [2]);
      const loss = changeLoss(x, y, { exclude, balance });
      assertEquals([...await read(loss)], [0]);
      assertEquals((await read(backward(loss).get(x)!)).map(Math.abs), new Float32Array(8));
      x.release();
    }
  });
});

Deno.test("changeLoss of sure logits is finite", async () => {
  await onBothKernels(async (device) => {
    const x = parameter(device, new Float32Array([300, -300, 300, -300]), [1, 1, 2, 2]);
    const loss = changeLoss(x, tensor(device, new Uint32Array([1, 0, 0, 1]), [1, 2, 2]));
    assertNear(await read(loss), [150]);
    assertNear(await read(backward(loss).get(x)!), [0, 0, 0.25, -0.25]);
    const other = tensor(device, new Uint32Array(2), [2]);
    assertThrows(() => changeLoss(x, other), TypeError, "[1,1,2,2] with [2]");
    x.release();
  });
});
