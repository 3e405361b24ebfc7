import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { writeCam } from "./cam.ts";
import { InputError } from "../../files/error.ts";
import { bestClasses, maskStack, readScoreStack } from "./score_stack.ts";

Deno.test("a score stack has the background where no map is high, or the file's own", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "a.npy");
    const map = (...data: number[]) => ({ width: 2, height: 1, data: Float32Array.from(data) });
    await writeCam(path, new Map([[2, map(0.9, -0.5)], [5, map(0.25, 0.5)]]));
    const size = { width: 2, height: 1 };
    const close = (actual: Float32Array, expected: number[]) => {
      assertEquals(actual.length, expected.length);
      expected.forEach((v, i) => assertAlmostEquals(actual[i], v, 1e-6));
    };
    const all = await readScoreStack(path, size, { backgroundPower: 2 });
    assertEquals(all.classes, [0, 2, 5]);
    close(all.scores, [0.01, 0.25, 0.9, 0, 0.25, 0.5]);
    assertEquals([...bestClasses(all, size).data], [2, 5]);
    // A class that the image does not show does not lower the background.
    const one = await readScoreStack(path, size, { backgroundPower: 1, labels: [5] });
    assertEquals(one.classes, [0, 5]);
    close(one.scores, [0.75, 0.5, 0.25, 0.5]);
    assertEquals([...bestClasses(one, size).data], [0, 0], "the background wins ties");
    // The keys of the file are 1 and 4; as classes they have no background either.
    const keyed = await readScoreStack(path, size, { backgroundPower: 1, keys: "classes" });
    assertEquals(keyed.classes, [0, 1, 4]);
    const none = await readScoreStack("no file", size, { backgroundPower: 1, labels: [] });
    assertEquals(none, { classes: [0], scores: Float32Array.of(1, 1) });
    await assertRejects(
      () => readScoreStack(path, size, { backgroundPower: 1, labels: [2, 3] }),
      InputError,
      "no map of class 3",
    );
    await writeCam(path, new Map([[1, map(0.9, 0.1)], [2, map(0.2, 0.3)]]));
    const own = await readScoreStack(path, size, { backgroundPower: 1, keys: "classes" });
    assertEquals(own.classes, [0, 1]);
    close(own.scores, [0.9, 0.1, 0.2, 0.3]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("scores of blocks lie on the photograph, whose size must be theirs", async () => {
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  try {
    // Blocks of 4 pixels over 10 columns: the third reaches 2 columns beyond.
    const map = { width: 3, height: 1, stride: 4, data: Float32Array.of(0, 8, 16) };
    await writeCam(path, new Map([[0, map], [2, map]]), { form: "array" });
    const stack = await readScoreStack(path, { width: 10, height: 3 }, {
      backgroundPower: 4,
      labels: [2],
    });
    assertEquals(stack.classes, [0, 2], "the file's background is taken");
    const row = [0, 0, 1, 3, 5, 7, 9, 11, 13, 15];
    assertEquals([...stack.scores.subarray(0, 30)], [...row, ...row, ...row]);
    for (const [width, height] of [[12, 5], [13, 3], [8, 3]]) {
      await assertRejects(
        () => readScoreStack(path, { width, height }, { backgroundPower: 4 }),
        InputError,
        `3 x 1 blocks of 4 pixels, but a photograph of ${width} x ${height}`,
      );
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a mask's labels share what is not certain; void and foreign classes say nothing", () => {
  const mask = { width: 4, height: 1, data: Uint8Array.of(0, 7, 255, 3) };
  const { classes, scores } = maskStack(mask, [0, 7], 0.8);
  assertEquals(classes, [0, 7]);
  const expected = [0.8, 0.2, 0.5, 0.5, 0.2, 0.8, 0.5, 0.5];
  expected.forEach((v, i) => assertAlmostEquals(scores[i], v, 1e-6));
});
