// The pictures of docs/pages.md, made of the run of the demo in runs/demo by the pages themselves:
// `deno run -A tools/page_pictures.ts`, in the folder that has it.
import { fromFileUrl, join, resolve } from "@std/path";
import type { Page, ScreenshotOptions } from "puppeteer-core";
import { report } from "../src/commands/report/report.ts";
import { review } from "../src/commands/review.ts";
import { view } from "../src/commands/view.ts";
import { addressOf, inBrowser } from "../tests/chromium.ts";
import { served } from "../tests/served.ts";

const docs = fromFileUrl(new URL("../docs", import.meta.url));
const demo = join("runs", "demo");
const run = join(demo, "compare", "seed-1", "static");

const context = {
  device: () => Promise.reject(new Error("a page needs no GPU")),
  progress: () => ({ update() {}, done() {} }),
  log() {},
  signal: new AbortController().signal,
};
await report.run(report.config.parse({ of: demo }), context);
await inBrowser(async ({ page }) => {
  const heading = (text: string) =>
    page.evaluate(`[...document.querySelectorAll("h2")]
      .find((one) => one.textContent.startsWith("${text}")).scrollIntoView()`);
  await size(page, 1280, 900);
  await page.goto(addressOf(resolve(demo, "report.html")));
  await heading("Comparison");
  await picture(page, "report.jpg");
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await heading("Refined masks");
  await page.$$eval("img", (all) => all.forEach((one) => one.loading = "eager"));
  await page.waitForFunction("[...document.images].every((one) => one.complete)");
  await picture(page, "report-photographs.jpg");
  await page.emulateMediaFeatures([]);
  {
    await using server = await served(view, {
      runs: "runs",
      data: join(demo, "set"),
      list: "train",
    });
    await size(page, 1280, 860);
    await page.goto(server.address);
    await page.waitForSelector("#run-rows tr");
    for (const box of await page.$$("#run-rows input")) { // the runs of the comparison alone
      const name = await box.evaluate((one) => one.closest("tr")!.dataset.name!);
      const wanted = /networks\/trained-(on-refined|by-dynamic)/.test(name);
      if (await box.evaluate((one) => one.checked) !== wanted) await box.click();
    }
    await page.waitForFunction("document.images.length > 0 && document.images[0].complete");
    await picture(page, "view-runs.webp");
    await page.keyboard.press("g");
    await chosen(page, "#folder-a", "seeds/walk/masks");
    await chosen(page, "#folder-b", "seed-1/refined");
    await page.waitForFunction("document.getElementById('measured').textContent === ''");
    await page.select("#filter-order", "changed");
    await settled(page);
    await picture(page, "view-gallery.webp");
    await page.focus("#grid");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#legend li");
    await settled(page);
    await picture(page, "view-photograph.webp");
  }
  const decisions = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await using server = await served(review, { run, decisions });
    await size(page, 1280, 800);
    await page.goto(`${server.address}#anna`);
    await page.waitForFunction("document.getElementById('question').textContent !== ''");
    await settled(page);
    await picture(page, "review.webp");
  } finally {
    await Deno.remove(decisions);
  }
});

async function size(page: Page, width: number, height: number): Promise<void> {
  await page.setViewport({ width, height });
}

/** Chooses the option of a list whose text ends so. */
async function chosen(page: Page, list: string, end: string): Promise<void> {
  const value = await page.$$eval(`${list} option`, (all, end) => {
    return all.find((one) => one.textContent!.endsWith(end))!.value;
  }, end);
  await page.select(list, value);
}

/** Waits until what was asked for is drawn. */
async function settled(page: Page): Promise<void> {
  // Events of the server are a request that never ends.
  await page.waitForNetworkIdle({ idleTime: 500, concurrency: 1 });
  await page.evaluate("new Promise((done) => setTimeout(done, 500))");
}

async function picture(page: Page, name: string): Promise<void> {
  const path = join(docs, name) as ScreenshotOptions["path"];
  const type = name.endsWith(".webp") ? "webp" : "jpeg";
  await page.screenshot({ path, type, quality: 82 });
}
