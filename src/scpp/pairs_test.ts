import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DenseCrf } from "../crf/mod.ts";
import { readCam, type ScoreMap, writeCam } from "../data/scores/cam.ts";
import { type Image, readImage, writeImage } from "../data/images/image.ts";
import { type Mask, readMask, writeMask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { readScoreStack } from "../data/scores/score_stack.ts";
import { Device } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import { makePairs, type Pair, type Pairs } from "./pairs.ts";

const [WIDTH, HEIGHT, SMALL] = [33, 26, 7];

const options = {
  ...{ list: "train", keys: "foreground" as const, backgroundPower: 4, certainty: 0.7 },
  ...{ crfIterations: 3, crfSmoothWidth: 2, crfWidth: 20, crfColourWidth: 13 },
};

type Make = (changes?: object) => Promise<Pairs & { computed: number }>;

/** Three photographs of noise with maps of classes 1 and 3, 2, and none, of VOC's 21. */
async function withSet(
  test: (make: Make, data: string, device: Device) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  const random = new Random("pairs");
  const lists = join(folder, "ImageSets", "Segmentation");
  for (const name of ["JPEGImages", "cam"]) await Deno.mkdir(join(folder, name));
  await Deno.mkdir(lists, { recursive: true });
  const labels = [[1, 3], [2], []];
  for (const [i, present] of labels.entries()) {
    const data = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, () => random.integer(256));
    await writeImage(join(folder, "JPEGImages", `${i}.png`), {
      width: WIDTH,
      height: HEIGHT,
      data,
    });
    const maps = new Map<number, ScoreMap>();
    for (const c of [...present, 9]) { // the image does not show class 9
      const data = Float32Array.from({ length: SMALL * SMALL }, () => random.next());
      maps.set(c, { width: SMALL, height: SMALL, data });
    }
    await writeCam(join(folder, "cam", `${i}.npy`), maps);
  }
  await Deno.writeTextFile(join(lists, "train.txt"), "0\n1\n2\n");
  const lines = labels.map((present, i) => [i, ...present].join(" "));
  await Deno.writeTextFile(join(folder, "image_labels.txt"), lines.join("\n"));
  const make: Make = async (changes) => {
    let computed = 0;
    const context: Context = {
      device: () => Promise.resolve(device),
      progress: () => ({ update: () => computed++, done() {} }),
      log() {},
      signal: new AbortController().signal,
    };
    const all = { ...options, data: folder, scores: "cam", ...changes };
    return { ...await makePairs(all, join(folder, "run"), context), computed };
  };
  try {
    await test(make, folder, device);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A map enlarged at half-pixel positions, in float64. */
function enlarged({ width, height, data }: ScoreMap): Float64Array {
  const axis = (i: number, from: number, to: number) => {
    const at = Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, from - 1), at - low];
  };
  return Float64Array.from({ length: WIDTH * HEIGHT }, (_, u) => {
    const [x0, x1, s] = axis(u % WIDTH, width, WIDTH);
    const [y0, y1, t] = axis(Math.floor(u / WIDTH), height, HEIGHT);
    const row = (y: number) => data[y * width + x0] * (1 - s) + data[y * width + x1] * s;
    return row(y0) * (1 - t) + row(y1) * t;
  });
}

/** Scores of the background and of the image's classes: METHOD 2, background (1 - max)^power. */
async function scoresOf(data: string, { id, labels }: Pair, power: number) {
  const maps = await readCam(join(data, "cam", `${id}.npy`));
  const planes = labels.map((c) => enlarged(maps.get(c)!));
  const background = Float64Array.from(
    { length: WIDTH * HEIGHT },
    (_, u) => (1 - Math.max(0, ...planes.map((plane) => plane[u]))) ** power,
  );
  return [background, ...planes];
}

async function advice(device: Device, image: Image, scores: readonly ArrayLike<number>[]) {
  const energies = scores.flatMap((plane) =>
    Array.from(plane, (score) => -Math.log(Math.min(1, Math.max(1e-5, score))))
  );
  using crf = new DenseCrf(device, {
    iterations: 3,
    gaussian: [{ sxy: 2, compat: 3 }],
    bilateral: [{ sxy: 20, srgb: 13, compat: 10 }],
  });
  return await crf.labels(image, new Float32Array(energies));
}

/** Almost all labels agree; rounding may turn a tie. */
function assertMostly(mask: Mask, wanted: ArrayLike<number>, classes: readonly number[]): void {
  assertEquals([mask.width, mask.height], [WIDTH, HEIGHT]);
  const other = mask.data.filter((c, u) => c !== classes[wanted[u]]).length;
  assert(other <= 2, `${other} of ${mask.data.length} labels differ`);
}

const best = (scores: readonly ArrayLike<number>[]) =>
  Array.from(scores[0], (_, u) => {
    const at = scores.map((plane) => plane[u]);
    return at.indexOf(Math.max(...at));
  });

Deno.test("knowledge is the best of the scores, advice what the CRF makes of the same scores", () =>
  withSet(async (make, data, device) => {
    for (const backgroundPower of [4, 1]) {
      const { list, computed } = await make({ backgroundPower });
      assertEquals([computed, list.map(({ labels }) => labels)], [3, [[1, 3], [2], []]]);
      for (const pair of list) {
        const scores = await scoresOf(data, pair, backgroundPower);
        const classes = [0, ...pair.labels];
        assertMostly(await readMask(pair.knowledge), best(scores), classes);
        const labels = await advice(device, await readImage(pair.image), scores);
        assertMostly(await readMask(pair.advice[0]), labels, classes);
      }
      const [K, A] = await Promise.all(
        [list[0].knowledge, list[0].advice[0]].map((p) => readMask(p)),
      );
      assert(K.data.filter((c, u) => c !== A.data[u]).length > 20, "the CRF changes something");
    }
  }));

Deno.test("of given masks the CRF is told their certainty, and nothing of void and absent classes", () =>
  withSet(async (make, data, device) => {
    const knowledge = join(data, "given");
    await Deno.mkdir(knowledge);
    const random = new Random("masks");
    for (const i of [0, 1, 2]) {
      const draw = () => [0, 0, 1, 3, 2, 255][random.integer(6)];
      const labels = Uint8Array.from({ length: WIDTH * HEIGHT }, draw);
      await writeMask(join(knowledge, `${i}.png`), { width: WIDTH, height: HEIGHT, data: labels });
    }
    const { list } = await make({ scores: undefined, knowledge });
    for (const pair of list) {
      assertEquals(pair.knowledge, join(knowledge, `${pair.id}.png`));
      const K = await readMask(pair.knowledge);
      const classes = [0, ...pair.labels];
      const scores = classes.map((c) =>
        Array.from(K.data, (own) => {
          if (!classes.includes(own)) return 1 / classes.length;
          return own === c ? 0.7 : 0.3 / (classes.length - 1);
        })
      );
      const labels = await advice(device, await readImage(pair.image), scores);
      assertMostly(await readMask(pair.advice[0]), labels, classes);
    }
    // A path may be one in the data folder.
    const other = join(data, "other");
    await Deno.mkdir(other);
    for (const { name } of Deno.readDirSync(knowledge)) {
      await Deno.copyFile(join(knowledge, name), join(other, name));
    }
    const both = await make({ scores: undefined, knowledge, advice: ["other"] });
    assertEquals([both.knowledge, ...both.advice], [knowledge, other]);
    assertEquals([both.computed, both.list[1].advice], [0, [join(other, "1.png")]]);
  }));

Deno.test("masks are computed once for each choice of options, and those that are missing", () =>
  withSet(async (make) => {
    const first = await make();
    assertEquals([first.computed, (await make()).computed], [3, 0]);
    await Deno.remove(first.list[1].advice[0]);
    assertEquals((await make()).computed, 1);
    for (const change of [{ backgroundPower: 2 }, { crfIterations: 4 }, { crfWidth: 30 }]) {
      const other = await make(change);
      assertEquals(other.computed, 3);
      assert(other.list[0].knowledge !== first.list[0].knowledge);
    }
    assertEquals((await make()).computed, 0);
  }));

Deno.test("masks are made again of a photograph, a map, labels or a mask that were replaced", () =>
  withSet(async (make, data) => {
    const replace = async (folder: string, name: string, by: string) => {
      await Deno.copyFile(join(data, folder, by), join(data, folder, name));
      await Deno.utime(join(data, folder, name), 1e9, 1e9); // older than the masks
    };
    const computed = async (options?: object) => (await make(options)).computed;
    assertEquals([await computed(), await computed()], [3, 0]);
    await replace("JPEGImages", "0.png", "1.png");
    assertEquals([await computed(), await computed()], [1, 0]);
    const random = new Random("another map");
    const maps = new Map([1, 3].map((c): [number, ScoreMap] => {
      const map = Float32Array.from({ length: SMALL * SMALL }, () => random.next());
      return [c, { width: SMALL, height: SMALL, data: map }];
    }));
    const { list: [{ knowledge: path }] } = await make();
    const before = await readMask(path);
    await writeCam(join(data, "cam", "other.npy"), maps);
    await replace("cam", "0.npy", "other.npy");
    assertEquals([await computed(), await computed()], [1, 0]);
    assert((await readMask(path)).data.some((c, u) => c !== before.data[u]));
    await Deno.writeTextFile(join(data, "image_labels.txt"), "0 3\n1 2\n2");
    assertEquals([await computed(), await computed()], [1, 0]);
    const given = { scores: undefined, knowledge: join(data, "given") };
    await Deno.mkdir(given.knowledge);
    for (const i of [0, 1, 2]) await Deno.copyFile(path, join(given.knowledge, `${i}.png`));
    assertEquals([await computed(given), await computed(given)], [3, 0]);
    await writeMask(join(given.knowledge, "other.png"), before);
    await replace("given", "1.png", "other.png");
    assertEquals([await computed(given), await computed(given)], [1, 0]);
    for (const id of [0, 1]) await Deno.remove(join(data, "cam", `${id}.npy`));
    assertEquals(await computed(), 0, "masks outlive the maps they were made of");
  }));

Deno.test("scores that have a background keep it: arrays by themselves, dictionaries by their keys", () =>
  withSet(async (make, data, device) => {
    const random = new Random("walked");
    const width = Math.ceil(WIDTH / 4), height = Math.ceil(HEIGHT / 4);
    for (const name of ["walk", "full"]) await Deno.mkdir(join(data, name));
    for (const [i, present] of [[1, 3], [2], []].entries()) {
      const draw = (size: number) => Float32Array.from({ length: size }, () => random.next());
      const small = [0, ...present].map((c) =>
        [c, { width, height, stride: 4, data: draw(width * height) }] as const
      );
      await writeCam(join(data, "walk", `${i}.npy`), new Map(small), { form: "array" });
      const full = [0, ...present].map((c) =>
        [c, { width: WIDTH, height: HEIGHT, data: draw(WIDTH * HEIGHT) }] as const
      );
      await writeCam(join(data, "full", `${i}.npy`), new Map(full), { keys: "classes" });
    }
    for (const [scores, keys] of [["walk", "foreground"], ["full", "classes"]] as const) {
      const { list } = await make({ scores, keys });
      for (const { id, image, knowledge, advice: [masks], labels } of list) {
        const path = join(data, scores, `${id}.npy`);
        const size = { width: WIDTH, height: HEIGHT };
        const stack = await readScoreStack(path, size, { keys, backgroundPower: NaN });
        const classes = [0, ...labels];
        assertEquals(stack.classes, classes);
        const planes = classes.map((_, i) =>
          stack.scores.subarray(i * WIDTH * HEIGHT, (i + 1) * WIDTH * HEIGHT)
        );
        assertMostly(await readMask(knowledge), best(planes), classes);
        const wanted = await advice(device, await readImage(image), planes);
        assertMostly(await readMask(masks), wanted, classes);
      }
    }
    const folders = [await make({ scores: "walk" }), await make({ scores: "walk" })];
    await Deno.writeTextFile(join(data, "walk", "options.json"), "{}");
    folders.push(await make({ scores: "walk" }));
    assertEquals(folders.map(({ computed }) => computed), [0, 0, 3], "other scores, other masks");
  }));

Deno.test("a photograph that shows no class is background, and needs no scores", async () => {
  await withSet(async (make, data) => {
    await Deno.remove(join(data, "cam", "2.npy"));
    const { list } = await make();
    for (const path of [list[2].knowledge, ...list[2].advice]) {
      assertEquals((await readMask(path)).data, new Uint8Array(WIDTH * HEIGHT));
    }
  });
});

Deno.test("masks of photographs in folders lie in folders, in one folder for all", async () => {
  await withSet(async (make, data) => {
    for (const [folder, end] of [["JPEGImages", "png"], ["cam", "npy"]]) {
      await Deno.mkdir(join(data, folder, "deep"));
      await Deno.copyFile(join(data, folder, `0.${end}`), join(data, folder, "deep", `3.${end}`));
    }
    await Deno.writeTextFile(join(data, "deep.txt"), "deep/3\n");
    await Deno.writeTextFile(join(data, "deep.csv"), "deep/3,1,3\n");
    const pairs = await make({ list: "deep.txt", labels: "deep.csv" });
    assertEquals(
      pairs.list.map(({ knowledge, advice }) => [knowledge, ...advice]),
      [[join(pairs.knowledge, "deep", "3.png"), join(pairs.advice[0], "deep", "3.png")]],
    );
    assertEquals((await readMask(pairs.list[0].advice[0])).width, WIDTH);
  });
});

Deno.test("labels may be elsewhere, and change which masks are made", async () => {
  await withSet(async (make, data) => {
    const plain = await make();
    await Deno.writeTextFile(join(data, "other.csv"), "id,class\n0,3\n1,2\n2,\n");
    const other = await make({ labels: "other.csv" });
    assertEquals(other.list.map(({ labels }) => labels), [[3], [2], []]);
    assert(other.list[0].knowledge !== plain.list[0].knowledge);
    assertEquals(new Set((await readMask(other.list[0].advice[0])).data).has(1), false);
  });
});
