import { assert, assertEquals, assertThrows } from "@std/assert";
import { affinityReference, pairList } from "../../../tests/affinity_reference.ts";
import { checkOp, onBothKernels, values } from "../../../tests/check_op.ts";
import { backward } from "../../nn/backward.ts";
import { detach, empty, parameter, read, tensor } from "../../tensor/mod.ts";
import { affinity, affinityLoss, pairOffsets } from "../mod.ts";

const cases: [shape: number[], radius: number, borders: boolean][] = [
  [[1, 1, 5, 9], 5, false],
  [[2, 3, 7, 13], 5, false],
  [[1, 9, 6, 36], 5, false],
  [[3, 2, 9, 20], 5, false],
  [[1, 3, 4, 6], 3, false],
  [[2, 2, 5, 8], 4, false],
  [[1, 5, 2, 3], 2, false],
  [[1, 2, 1, 1], 5, true],
  [[1, 10, 3, 5], 5, true],
  [[2, 3, 8, 12], 3, true],
];

Deno.test("affinity of neighbours, and its gradient", async () => {
  for (const [shape, radius, borders] of cases) {
    await checkOp({
      shapes: [shape],
      op: ([f]) => affinity(f, { radius, borders }),
      reference: ([f]) => affinityReference(f, shape, radius, borders),
    });
  }
});

Deno.test("34 offsets within radius 5 in PSA's order, fewer within less", () => {
  const counts = [2, 3, 4, 5].map((radius) => pairOffsets(radius).length);
  assertEquals(counts, [4, 12, 22, 34]);
  assertEquals(pairOffsets(2), [[0, 1], [1, -1], [1, 0], [1, 1]]);
  for (const radius of [1, 6, 2.5, NaN]) {
    assertThrows(() => pairOffsets(radius), RangeError, `radius ${radius}`);
  }
});

Deno.test("equal features have affinity 1 and no gradient; twice the same gradient", async () => {
  await onBothKernels(async (device) => {
    const f = parameter(device, new Float32Array(2 * 6 * 11).fill(0.7), [1, 2, 6, 11]);
    const a = affinity(f);
    assertEquals(await read(a), new Float32Array(34 * 2 * 3).fill(1));
    assertEquals((await read(backward(a).get(f)!)).map(Math.abs), new Float32Array(f.size));
    f.release();
    const x = parameter(device, values(5 * 12 * 14), [1, 5, 12, 14]);
    const [one, two] = [affinity(x), affinity(x)].map((y) => backward(y).get(x)!);
    assertEquals(await read(one), await read(two));
    x.release();
  });
});

Deno.test("pairs that the labels leave out change neither the loss nor the gradient", async () => {
  for (const [n, c, h, w] of [[1, 3, 12, 80], [2, 5, 13, 37]]) {
    const labels = Uint32Array.from({ length: n * h * w }, (_, i) => {
      const [x, y] = [i % w, Math.floor(i / w) % h];
      const isKnown = (7 * Math.floor(x / 4) + 13 * y) % 11 < 3 && x % 4 >= y % 4; // few, far apart
      return isKnown ? ((x + y) % 4 > 0 ? 0 : 2) : 255;
    });
    const f = values(n * c * h * w);
    await onBothKernels(async (device) => {
      const known = tensor(device, labels, [n, h, w]);
      const [all, some] = await Promise.all([undefined, known].map(async (left) => {
        const x = parameter(device, f, [n, c, h, w]);
        const a = affinity(x, { labels: left });
        const loss = affinityLoss(a, known);
        const values = [read(detach(a)), read(detach(loss.total))];
        const gradient = read(backward(loss.total).get(x)!);
        const result = { values: await Promise.all(values), gradient: await gradient };
        x.release();
        return result;
      }));
      assertEquals(some.values[1], all.values[1]);
      assertEquals(some.gradient.map((v) => v + 0), all.gradient.map((v) => v + 0)); // -0 is 0
      assert(all.gradient.some((v) => v !== 0));
      assert(some.values[0].some((v, i) => v === 1 && all.values[0][i] !== 1), "some are left out");
    });
  }
});

Deno.test("affinity refuses maps without pairs", async () => {
  await onBothKernels((device) => {
    for (const shape of [[1, 2, 4, 20], [1, 2, 20, 8]]) {
      assertThrows(() => affinity(empty(device, shape)), RangeError, `[${shape}]`);
    }
    assertThrows(() => affinity(empty(device, [2, 20, 20])), TypeError, "[2,20,20]");
    return Promise.resolve();
  });
});

/** Labels of all kinds, 255 too, in patches. */
function labelsOf([n, h, w]: readonly number[], kinds: readonly number[]) {
  return Uint32Array.from({ length: n * h * w }, (_, i) => {
    const patch = Math.floor(i / w / 3) * 31 + Math.floor(i % w / 4) * 7;
    return kinds[(patch + (i % 11 === 0 ? 1 : 0)) % kinds.length];
  });
}

function lossReference(a: Float64Array, labels: Uint32Array, shape: number[], borders: boolean) {
  const [n, h, w] = shape;
  const pairs = pairList(h, w, 5, borders);
  const [sums, counts] = [[0, 0, 0], [0, 0, 0]];
  for (let i = 0; i < n * pairs.length; i++) {
    const { from, to } = pairs[i % pairs.length];
    const image = Math.floor(i / pairs.length) * h * w;
    const [one, other] = [labels[image + from], labels[image + to]];
    if (to < 0 || one === 255 || other === 255) continue;
    const kind = one !== other ? 2 : one === 0 ? 0 : 1;
    sums[kind] -= Math.log((kind === 2 ? 1 - a[i] : a[i]) + 1e-5);
    counts[kind]++;
  }
  const parts = sums.map((sum, k) => sum / (counts[k] + 1e-5));
  return [parts[0] / 4 + parts[1] / 4 + parts[2] / 2, ...parts];
}

for (const kinds of [[0, 4, 255, 4, 7, 0], [0], [3, 9], [255]]) {
  for (const borders of [false, true]) {
    Deno.test(`affinityLoss of labels ${kinds}${borders ? " up to the borders" : ""}`, async () => {
      for (const shape of [[2, 7, 13], [3, 12, 14]]) {
        const labels = labelsOf(shape, kinds);
        const [n, h, w] = shape;
        const pixels = borders ? h * w : (h - 4) * (w - 8);
        await checkOp({
          shapes: [[n, 34, pixels]],
          op: ([a], device) => affinityLoss(a, tensor(device, labels, shape), { borders }).total,
          values: (_, size) => values(size).map((v) => 0.5 + 0.45 * v),
          reference: ([a]) => [lossReference(a, labels, shape, borders)[0]],
        });
      }
    });
  }
}

Deno.test("the parts of affinityLoss, of sure affinities too", async () => {
  await onBothKernels(async (device) => {
    const shape = [2, 9, 15];
    const labels = labelsOf(shape, [0, 4, 255, 4, 7, 0]);
    const sure = values(2 * 34 * 35).map((v) => v < -0.5 ? 0 : v > 0.5 ? 1 : 0.5);
    const a = tensor(device, sure, [2, 34, 35]);
    const { total, background, foreground, negative } = affinityLoss(
      a,
      tensor(device, labels, shape),
    );
    const wanted = lossReference(Float64Array.from(sure), labels, shape, false);
    for (const [i, part] of [total, background, foreground, negative].entries()) {
      const [got] = await read(part);
      assertEquals(Math.abs(got - wanted[i]) < 1e-4 * wanted[i], true, `${got}, not ${wanted[i]}`);
    }
  });
});

Deno.test("affinityLoss refuses what does not fit", async () => {
  await onBothKernels((device) => {
    const a = empty(device, [1, 34, 6]);
    const labels = empty(device, [1, 6, 11], "u32");
    affinityLoss(a, labels);
    for (const wrong of [empty(device, [1, 6, 11]), empty(device, [1, 7, 11], "u32")]) {
      assertThrows(() => affinityLoss(a, wrong), TypeError, "[1,34,6] with");
    }
    assertThrows(() => affinityLoss(a, labels, { borders: true }), TypeError, "[1,34,6]");
    assertThrows(() => affinityLoss(a, labels, { radius: 3 }), TypeError, "[1,34,6]");
    return Promise.resolve();
  });
});
