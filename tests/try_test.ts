/// <reference lib="dom" />
// The page on which one tries henka, in a real browser with a software GPU.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import type { Page } from "puppeteer-core";
import { denseCrfLabels, unaryFromLabels } from "../src/crf/mod.ts";
import { encodeImage } from "../src/data/images/image.ts";
import { decodeMask, encodeMask, type Mask } from "../src/data/masks/mask.ts";
import { Random } from "../src/data/random.ts";
import { scene } from "../src/data/synth/scene.ts";
import { Device } from "../src/gpu/mod.ts";
import { encodeState } from "../src/nn/mod.ts";
import { buildNetworks, partsOf } from "../src/scpp/networks.ts";
import { Refiner } from "../src/scpp/refiner.ts";
import { TrainedSegmenter } from "../src/segmentation/mod.ts";
import { writeModel } from "../src/segmentation/model_file.ts";
import { partsState } from "../src/training/parts.ts";
import { buildModules } from "../tools/build.ts";
import { tryPage } from "../tools/build/try_page.ts";
import { serve } from "../tools/try.ts";
import { browserTest } from "./chromium.ts";

const root = fromFileUrl(new URL("../", import.meta.url));
const CLASSES = ["background", "disc", "bar"];

/** The modules of the package, built once for all tests. */
let modules: string | undefined;

async function builtModules(): Promise<string> {
  if (modules !== undefined) return modules;
  const folder = await Deno.makeTempDir();
  modules = join(folder, "modules");
  await buildModules(modules);
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  return modules;
}

/** The page in a new folder, and a server that gives it out. */
async function served() {
  const folder = await Deno.makeTempDir();
  await tryPage(root, await builtModules(), join(folder, "try"));
  let address = "";
  const server = serve(join(folder, "try"), 0, (at) => address = at);
  return { folder, address, server };
}

/** A picture of two objects, and a mask that someone drew in a hurry. */
function example() {
  const { image, truth } = scene(new Random(3), { width: 72, height: 56, classes: 2 });
  const data = truth.data.map((_, i) => truth.data[Math.max(0, i - 4 * (i % 3))]);
  return { image, rough: { ...truth, data } };
}

/** The files of a run that nobody trained, in a folder. */
async function runFiles(folder: string, device: Device): Promise<File[]> {
  const options = {
    ...{ network: "encoder-decoder", width: 8, depth: 1, imageSize: 32, seed: 5 },
    ...{ predictorWidth: 8, variant: undefined },
  } as const;
  await writeModel(folder, options as never, CLASSES);
  using networks = await buildNetworks(device, options as never, CLASSES.length, options.seed);
  const weights = await encodeState(partsState(partsOf(networks)));
  await Deno.writeFile(join(folder, "step-00000001.safetensors"), weights);
  const names = ["model.json", "step-00000001.safetensors"];
  return await Promise.all(
    names.map(async (name) => new File([await Deno.readFile(join(folder, name))], name)),
  );
}

/** The mask that the page offers, once it says that it has computed one. */
async function offered(page: Page, after: () => Promise<unknown>): Promise<Mask> {
  await page.$eval("#status", (status) => {
    status.textContent = "";
  });
  await after();
  await page.waitForFunction(() =>
    / s on /.test(document.querySelector("#status")!.textContent!) ||
    document.querySelector("#problem:not([hidden])"), { timeout: 120_000 });
  assertEquals(
    await page.$$eval("#problem:not([hidden])", (all) => all.map((p) => p.textContent)),
    [],
  );
  const bytes = await page.$eval("a#download", async ({ href }) => [
    ...new Uint8Array(await (await fetch(href)).arrayBuffer()),
  ]);
  return decodeMask(Uint8Array.from(bytes), "offered.png");
}

function assertAlike(found: Mask, wanted: Mask, what: string): void {
  assertEquals([found.width, found.height], [wanted.width, wanted.height]);
  const other = found.data.filter((c, i) => c !== wanted.data[i]).length;
  assert(other <= wanted.data.length / 1000, `${what}: ${other} of ${wanted.data.length} differ`);
}

browserTest(
  "the page gives the masks that Deno gives, on-line and off, and uploads nothing",
  async (
    { page, requests, errors },
  ) => {
    const { folder, address, server } = await served();
    using device = await Device.open();
    try {
      const { image, rough } = example();
      await Deno.writeFile(join(folder, "photograph.png"), encodeImage(image));
      await Deno.writeFile(join(folder, "rough.png"), encodeMask(rough));
      const give = async (id: string, ...names: string[]) => {
        const input = await page.$(`input#${id}`);
        await input!.uploadFile(...names.map((name) => join(folder, name)));
      };
      await page.goto(address);
      await page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
      await give("photograph", "photograph.png");
      await page.waitForSelector("#work:not([hidden])");
      /** Whether going on is offered, and the brightness of the column at the line. */
      const shown = async () =>
        await page.evaluate(`(() => {
          const view = document.getElementById("view");
          const line = view.width * document.getElementById("wipe").value / 100;
          const { data } = view.getContext("2d").getImageData(line, 0, 1, view.height);
          return [document.getElementById("use").checkVisibility(), Math.min(...data), line];
        })()`) as [boolean, number, number];
      const [offers, dark, line] = await shown();
      assertEquals([offers, dark < 255, line], [false, true, image.width / 2], "no mask yet");
      const smooth = await denseCrfLabels(device, image, unaryFromLabels(rough.data, 3));
      assertAlike(
        await offered(page, () => give("rough", "rough.png")),
        { ...rough, data: smooth },
        "smoothed",
      );
      assertEquals(await shown(), [true, 255, image.width / 2], "before, a line, after");

      const files = await runFiles(folder, device);
      using segmenter = await TrainedSegmenter.open(device, files);
      const segmented = await offered(page, () => give("run", ...files.map(({ name }) => name)));
      assertAlike(segmented, await segmenter.segment(image), "segmented");
      using refiner = await Refiner.open(device, files);
      const { mask } = await refiner.refine(image, rough, { ...rough, data: smooth });
      assertAlike(await offered(page, () => page.select("#what", "refined")), mask, "refined");

      // Off-line, on a telephone: the example, from what the first visit left.
      await server.shutdown();
      await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
      await page.reload();
      await offered(page, () => page.click("#example"));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= 390, `${wide} pixels wide on a telephone`);
      const own = [address, `blob:${address}`];
      assertEquals(requests.filter((url) => !own.some((start) => url.startsWith(start))), []);
      assertEquals(errors, []);
    } finally {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    }
  },
  { gpu: true },
);

browserTest("without WebGPU the page says so, and what to do", async ({ page }) => {
  const { folder, address, server } = await served();
  try {
    await page.goto(address);
    await page.waitForSelector("#problem:not([hidden])");
    const text = await page.$eval("#problem", ({ textContent }) => textContent);
    assertStringIncludes(text ?? "", "no WebGPU adapter was found. Use a browser that has WebGPU");
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
});
