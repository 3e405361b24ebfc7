import { assertEquals, assertThrows } from "@std/assert";
import { onBothKernels, values } from "../../../tests/check_op.ts";
import { read, readIndices, tensor } from "../../tensor/mod.ts";
import {
  argmax,
  type Biases,
  classCounts,
  collapseFlags,
  difference,
  integrate,
  oneHot,
} from "../mod.ts";

const CLASSES = 4;

/** A mask with classes 0 to 3 and some 255. */
function mask(size: number, seed: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values(size, seed), (v) => {
    const k = Math.floor((v + 1) * 2.3);
    return k < CLASSES ? k : 255;
  });
}

Deno.test("oneHot, classCounts and difference of masks", async () => {
  await onBothKernels(async (device) => {
    for (const [n, h, w] of [[1, 1, 1], [2, 5, 7], [3, 20, 36], [2, 130, 50]]) {
      const [a, b] = [mask(n * h * w, 1), mask(n * h * w, 2)];
      const [ta, tb] = [a, b].map((m) => tensor(device, m, [n, h, w]));
      const hw = h * w;
      const hot = new Float32Array(n * CLASSES * hw);
      const counts = new Float32Array(n * CLASSES);
      a.forEach((k, i) => {
        if (k === 255) return;
        const row = Math.floor(i / hw) * CLASSES + k;
        hot[row * hw + i % hw] = 1;
        counts[row]++;
      });
      assertEquals(await read(oneHot(ta, CLASSES)), hot);
      assertEquals(await read(classCounts(ta, CLASSES)), counts);
      assertEquals(
        await readIndices(difference(ta, tb)),
        a.map((k, i) => k === 255 && b[i] === 255 ? 255 : Number(k !== b[i])),
      );
    }
  });
});

Deno.test("argmax among all and among allowed classes", async () => {
  await onBothKernels(async (device) => {
    for (const [n, c, h, w] of [[1, 1, 1, 1], [2, 5, 3, 7], [2, 21, 8, 30]]) {
      const data = values(n * c * h * w).map((v) => Math.round(4 * v)); // many equals
      const x = tensor(device, data, [n, c, h, w]);
      const flags = Float32Array.from({ length: n * c }, (_, i) => i % 3 === 1 ? 1 : 0);
      for (const allowed of [undefined, flags]) {
        const wanted = Uint32Array.from({ length: n * h * w }, (_, i) => {
          const image = Math.floor(i / (h * w));
          let [best, top] = [0, -Infinity];
          for (let k = 0; k < c; k++) {
            const v = data[(image * c + k) * h * w + i % (h * w)];
            if (v > top && (!allowed || allowed[image * c + k])) [best, top] = [k, v];
          }
          return best;
        });
        const given = allowed && tensor(device, allowed, [n, c]);
        assertEquals(await readIndices(argmax(x, given)), wanted);
      }
    }
  });
});

Deno.test("a class is flagged when present and all but deleted, never the background", async () => {
  await onBothKernels(async (device) => {
    // Image 0: class 1 keeps half, class 2 less, class 3 is gone but no label; image 1: class 1
    // is a label that neither mask has, class 2 grows, the background is gone.
    const knowledge = [[1, 1, 2, 2, 2, 3, 3, 0], [0, 0, 0, 0, 0, 0, 0, 2]];
    const advice = [[1, 0, 2, 0, 0, 0, 0, 0], [2, 2, 2, 2, 2, 2, 2, 2]];
    const labels = [[1, 1, 0], [1, 1, 0]];
    const shape = [2, 2, 4];
    const flags = collapseFlags(
      tensor(device, Uint32Array.from(knowledge.flat()), shape),
      tensor(device, Uint32Array.from(advice.flat()), shape),
      tensor(device, Float32Array.from(labels.flat()), [2, 3]),
    );
    assertEquals([...await read(flags)], [0, 0, 1, 0, 0, 1, 0, 0]);
  });
});

const choices: Biases[] = [
  { difference: 0.1, background: 0.1 },
  { difference: -0.3, background: 0.4 },
  { difference: 0.2, background: 0, flag: 0 },
];

Deno.test("integrate weighs predictions, biases and flags", async () => {
  const [n, h, w] = [2, 9, 15];
  const size = n * h * w;
  const [k, a] = [mask(size, 1), mask(size, 2)];
  const [dk, da] = [values(size, 3), values(size, 4)].map((x) => x.map((v) => 4 * v));
  const flags = new Float32Array([0, 1, 0, 0, 0, 0, 1, 1]);
  await onBothKernels(async (device) => {
    const masks = [k, a].map((m) => tensor(device, m, [n, h, w]));
    const logits = [dk, da].map((x) => tensor(device, x, [n, 1, h, w]));
    const given = tensor(device, flags, [n, CLASSES]);
    for (const options of choices) {
      const { difference, background, flag: weight = 1 } = options;
      const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
      const wanted = k.map((_, i) => {
        const flag = (c: number) => flags[Math.floor(i / (h * w)) * CLASSES + c] ?? 0;
        const confidence = sigmoid(dk[i]) - sigmoid(da[i]) + difference -
          (k[i] === 0 ? background : 0) +
          (a[i] === 0 ? background : 0) - weight * flag(k[i]) + weight * flag(a[i]);
        return confidence >= 0 ? a[i] : k[i];
      });
      const refined = integrate(masks[0], masks[1], logits[0], logits[1], given, options);
      assertEquals(await readIndices(refined), wanted);
    }
  });
});

Deno.test("masks that do not fit are refused", async () => {
  await onBothKernels((device) => {
    const a = tensor(device, new Uint32Array(4), [1, 2, 2]);
    const b = tensor(device, new Uint32Array(2), [1, 1, 2]);
    const x = tensor(device, values(4), [1, 1, 2, 2]);
    const flags = tensor(device, values(3), [1, 3]);
    const biases = { difference: 0, background: 0 };
    assertThrows(() => difference(a, b), TypeError, "[1,2,2] and [1,1,2]");
    assertThrows(() => oneHot(x, 3), TypeError, "f32");
    assertThrows(() => argmax(x, flags), TypeError, "[1,3]");
    assertThrows(() => collapseFlags(a, a, x), TypeError, "[1,1,2,2]");
    assertThrows(() => integrate(a, a, x, flags, flags, biases), TypeError, "[1,3] [1,3]");
    return Promise.resolve();
  });
});
