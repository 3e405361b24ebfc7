// The page of `view` in a real browser.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { synth } from "../src/commands/synth.ts";
import { view } from "../src/commands/view.ts";
import { encodeImage } from "../src/data/images/image.ts";
import { readMask, writeMask } from "../src/data/masks/mask.ts";
import { browserTest } from "./chromium.ts";
import { served } from "./served.ts";

async function inFolder(test: (at: (...names: string[]) => string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test((...names) => join(folder, ...names));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const write = async (path: string, content: string | Uint8Array) => {
  await Deno.mkdir(dirname(path), { recursive: true });
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await Deno.writeFile(path, bytes, { append: path.endsWith("l") });
};
const line = (step: number, loss: number) =>
  JSON.stringify({ step, epoch: step / 10, loss, secondsPerStep: 500 }) + "\n";

browserTest(
  "view: a run of another process appears, goes on and shows its previews, live",
  ({ page, errors }) =>
    inFolder(async (at) => {
      await Deno.mkdir(at("runs"));
      await using server = await served(view, { runs: at("runs") });
      await page.goto(server.address);
      await page.waitForSelector("#no-runs:not([hidden])");
      const run = (...names: string[]) => at("runs", "a & b", ...names);
      await write(run("config.json"), JSON.stringify({ epochs: 4 }));
      await write(run("metrics.jsonl"), line(10, 3) + line(20, 2) + line(30, 1).slice(0, 9));
      const text = (wanted: string) =>
        page.waitForFunction(`document.body.innerText.includes("${wanted}")`);
      await text("a & b");
      await text("step 20, epoch 2.0 of 4");
      await text("2 h 4"); // 20 steps of 500 seconds, less the time since
      await write(run("metrics.jsonl"), line(30, 1).slice(9));
      await text("step 30, epoch 3.0 of 4");
      await text("loss 1 at step 30");
      const points = await page.$eval("[data-metric=loss] path", (path) => path.getAttribute("d"));
      assertEquals(points!.match(/[ML]/g)!.length, 3);
      const image = encodeImage({ width: 2, height: 1, data: new Uint8Array(6) });
      await write(run("previews", "step-00000030.png"), image);
      await page.waitForFunction("document.querySelector('#previews img')?.naturalWidth === 2");
      await write(run("metrics.jsonl"), line(40, 1));
      await text("finished");
      // Another run in the same place: what was said of the first no longer holds.
      await Deno.remove(run("metrics.jsonl"));
      await write(run("config.json"), JSON.stringify({ epochs: 8 }));
      await write(run("metrics.jsonl"), line(10, 5));
      await text("step 10, epoch 1.0 of 8");
      // A newer one is where a reload would put it.
      await write(at("runs", "z", "config.json"), JSON.stringify({ epochs: 4 }));
      await write(at("runs", "z", "metrics.jsonl"), line(10, 3));
      await text("step 10, epoch 1.0 of 4");
      const rows = await page.$$eval("#run-rows tr", (all) => all.map((row) => row.dataset.name));
      assertEquals(rows, ["z", "a & b"]);
      assertEquals(errors, []);
    }),
);

Deno.test("view: the gallery is of the newest run's photographs, and the other sets are named", () =>
  inFolder(async (at) => {
    const lines = async (options: object) => {
      await using server = await served(view, { runs: at("runs"), ...options });
      return server.lines.join("\n");
    };
    const run = async (name: string, data: string, day: number) => {
      await write(at("runs", name, "config.json"), JSON.stringify({ data: `${at()}/${data}` }));
      await write(at("runs", name, "metrics.jsonl"), line(10, 1));
      const time = new Date(2026, 0, day);
      await Deno.utime(at("runs", name, "metrics.jsonl"), time, time);
    };
    for (const data of ["demo", "own"]) {
      const image = encodeImage({ width: 2, height: 1, data: new Uint8Array(6) });
      await write(at(data, "JPEGImages", `${data}.png`), image);
    }
    await run("demo/a", "demo", 1);
    await run("demo/b", "demo/../demo", 2);
    await run("static", "own", 3);
    const left = `(${at("runs", "demo/b")} and ${at("runs", "demo/a")})`;
    const first = await lines({});
    assertStringIncludes(first, `1 photograph of ${at("own")} `);
    assertStringIncludes(
      first,
      `Left out: masks of ${at("demo")}/../demo ${left}; --data ${at("demo")}/../demo shows them`,
    );
    await run("later", "gone", 4);
    const said = await lines({});
    assertStringIncludes(said, `1 photograph of ${at("own")} `);
    assertMatch(said, /Left out: masks of \S+gone \(\S+later\); Cannot /);
    assert(!(await lines({ data: at("own") })).includes("Left out"), "the user has chosen");
    await Deno.remove(at("own"), { recursive: true });
    await Deno.remove(at("demo"), { recursive: true });
    assertStringIncludes(await lines({}), "of no run can they be read. Give --data.");
  }));

browserTest(
  "view: a gallery is filtered, flips two masks in place, zooms all panes together",
  ({ page, errors }) =>
    inFolder(async (at) => {
      const data = at("set");
      const context = {
        device: () => Promise.reject(),
        progress: () => ({ update() {}, done() {} }),
        log() {},
      };
      const { signal } = new AbortController();
      await synth.run(synth.config.parse({ out: data, train: 60, val: 0, classCount: 2 }), {
        ...context,
        signal,
      });
      const ids = Array.from({ length: 60 }, (_, i) => `train_${String(i).padStart(5, "0")}`);
      for (const [i, id] of ids.entries()) {
        const truth = await readMask(join(data, "SegmentationClass", `${id}.png`));
        const half = truth.data.map((c, u) => i < 3 && u % 2 ? 0 : c);
        await writeMask(at("runs", "knowledge", `${id}.png`), truth);
        await writeMask(at("runs", "refined", `${id}.png`), { ...truth, data: half });
      }
      {
        // Masks that are named need no folder of runs.
        const masks = [at("runs", "knowledge"), at("runs", "refined")];
        await using alone = await served(view, { runs: at("none"), data, masks });
        const shown = await (await fetch(alone.address)).text();
        for (const folder of masks) assert(shown.includes(JSON.stringify(folder)), folder);
      }
      await using server = await served(view, { runs: at("runs"), data });
      await page.setViewport({ width: 1600, height: 700 }); // four panes in a row
      await page.goto(server.address);
      const count = (wanted: string) =>
        page.waitForFunction(`document.getElementById("count").innerText.startsWith("${wanted}")`);
      await count("60 of 60");
      await page.waitForFunction("document.getElementById('measured').textContent === ''");
      assert(await page.$$eval(".cell", (cells) => cells.length) < 45, "only those in sight exist");
      await page.evaluate(`document.getElementById("grid").scrollTop = 1e6`);
      await page.waitForSelector(`[data-index="59"]`);
      await page.focus(`[data-index="59"]`);
      await page.evaluate(`document.getElementById("grid").scrollTop = 0`);
      await page.select("#filter-order", "loss");
      // Tab goes as one sees; the cell that has the focus keeps it, in sight or not.
      await page.waitForFunction(`(() => {
      const cells = [...document.querySelectorAll(".cell")].map(({ dataset }) => dataset);
      return document.activeElement.dataset.index === "59" && cells.at(-1).index === "59" &&
        cells.slice(0, 5).every(({ at }, i) => Number(at) === i) && cells.length > 10 &&
        cells.slice(0, 3).map(({ index }) => index).sort().join() === "0,1,2";
    })()`);
      await page.evaluate(`{
      const most = document.getElementById("filter-iou");
      most.value = "99";
      most.dispatchEvent(new Event("input"));
    }`);
      await count("0 of 60"); // the first masks are the truth
      await page.keyboard.press("f");
      await count("3 of 60");
      await page.focus("#grid");
      await page.keyboard.press("Home");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#photograph:not([hidden])");
      /** What each pane is called, and a sum of what it shows. */
      const panes = async () =>
        await page.evaluate(`[...document.querySelectorAll(".pane")].map((pane) => {
        const canvas = pane.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const sum = data.reduce((sum, value) => (31 * sum + value) % 1000003, canvas.width);
        return [pane.querySelector("figcaption").textContent, sum];
      })`) as [string, number][];
      await page.waitForSelector("#legend li"); // the masks are there
      await page.waitForFunction("document.querySelectorAll('.pane').length === 4");
      await new Promise((resolve) => setTimeout(resolve, 300));
      const flipped = await panes();
      assertEquals(flipped.map(([title]) => title), [
        "photograph",
        "refined",
        "knowledge",
        "truth",
      ]);
      await page.keyboard.press("f");
      await page.waitForFunction(
        "document.querySelectorAll('.pane figcaption')[1].textContent === 'knowledge'",
      );
      const back = await panes();
      assertEquals(
        [back[1][1], back[2][1]],
        [flipped[2][1], flipped[1][1]],
        "each is where the other was",
      );
      assert(back[1][1] !== back[2][1]);
      assertEquals(back[1][1], back[3][1], "the knowledge is the truth");
      await page.keyboard.press("+");
      await page.keyboard.press("o");
      for (;;) {
        const zoomed = await panes();
        if (zoomed.every(([, picture], i) => picture !== back[i][1])) break; // or the test hangs
      }
      await page.keyboard.press("Escape");
      await page.waitForSelector("#browse:not([hidden])");
      assertEquals(errors, []);
    }),
);
