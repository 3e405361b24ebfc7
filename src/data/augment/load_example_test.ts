import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { standardJitter } from "./color_jitter.ts";
import { InputError } from "../../files/error.ts";
import { nameOf } from "../../files/source.ts";
import { writeImage } from "../images/image.ts";
import { loadedInTurn, loadExample, loadExamples } from "./load_example.ts";
import type { ExampleJob, LoadedExample } from "./load_example.ts";
import { writeMask } from "../masks/mask.ts";
import { imageNet } from "../images/normalise.ts";
import { Random } from "../random.ts";
import { scene } from "../synth/scene.ts";

/** A folder of three scenes and the jobs that load them. */
async function scenes(folder: string): Promise<ExampleJob[]> {
  const jobs: ExampleJob[] = [];
  for (let i = 0; i < 3; i++) {
    const made = scene(new Random(i), { width: 40, height: 36 });
    const [image, mask] = [`${folder}/${i}.png`, `${folder}/${i}_mask.png`];
    await writeImage(image, made.image);
    await writeMask(mask, made.truth);
    const augment = { crop: 24, side: [24, 40] as const, jitter: standardJitter };
    const maps = [...made.cam.values()];
    jobs.push({ image, masks: [mask], maps, augment, seed: `s${i}`, normalise: imageNet });
  }
  return jobs;
}

async function collect(jobs: ExampleJob[], workers: number): Promise<LoadedExample[]> {
  const all: LoadedExample[] = [];
  for await (const example of loadExamples(jobs, { workers, ahead: 2 })) all.push(example);
  return all;
}

Deno.test("loadExamples() gives the same examples for 1 and 2 workers as without any", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const jobs = await scenes(folder);
    const expected = await Promise.all(jobs.map(loadExample));
    assertEquals(await collect(jobs, 1), expected);
    assertEquals(await collect(jobs, 2), expected);
    const twice = jobs.flatMap((job) => [job, job]); // which are read once
    const both = expected.flatMap((example) => [example, example]);
    assertEquals(await Array.fromAsync(loadedInTurn(twice)), both);
    assertEquals([expected[0].width, expected[0].planes.length], [24, 3 * 24 * 24]);
    const other = await loadExample({ ...jobs[0], seed: "other" });
    assertNotEquals(other.planes, expected[0].planes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadExample() without augmentation takes the whole picture or the view", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [{ augment: _, ...job }] = await scenes(folder);
    const whole = await loadExample(job);
    assertEquals([whole.width, whole.height], [40, 36]);
    assertEquals(whole.masks[0], scene(new Random(0), { width: 40, height: 36 }).truth);
    const view = await loadExample({ ...job, view: { width: 16, height: 8 } });
    assertEquals([view.width, view.height, view.masks[0].data.length], [16, 8, 128]);
    assertEquals(view.maps[0].data.length, 128);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadExample() makes what lies outside of the picture 0 after normalising", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [{ augment: _, ...job }] = await scenes(folder);
    const whole = await loadExample(job);
    const { planes, masks, maps } = await loadExample({ ...job, augment: { crop: 44, flip: 0 } });
    assertEquals([planes.length, masks[0].data.length], [3 * 44 ** 2, 44 ** 2]);
    // All of the 40 x 36 picture is in the square; the rest of it has exactly these values.
    const outside = 44 ** 2 - 40 * 36;
    assertEquals(planes.filter((value) => value === 0).length, 3 * outside);
    assertEquals(planes.filter((value) => value !== 0), whole.planes);
    const seen = masks[0].data.filter((_, i) => planes[i] !== 0);
    assertEquals(seen, whole.masks[0].data);
    assertEquals(masks[0].data.filter((_, i) => planes[i] === 0).every((c) => c === 255), true);
    assertEquals(
      maps[0].data.filter((_, i) => planes[i] === 0).every((score) => score === 0),
      true,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadExamples() names the file that is missing, and the mask of another size", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [first, second] = await scenes(folder);
    const gone = { ...second, image: `${folder}/gone.png` };
    await assertRejects(() => collect([first, gone], 1), InputError, "gone.png");
    await writeMask(nameOf(second.masks![0]), { width: 2, height: 1, data: new Uint8Array(2) });
    await assertRejects(() => collect([first, second], 1), InputError, "2 x 1");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
