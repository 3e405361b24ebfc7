// The page of `review` in a real browser, on the masks of a run.
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { review } from "../src/commands/review.ts";
import { readMask } from "../src/data/masks/mask.ts";
import { readDecisions } from "../src/data/decisions/read_decisions.ts";
import { browserTest } from "./chromium.ts";
import { served } from "./served.ts";
import { refined, train } from "./static_runs.ts";
import { ids, inFolder } from "./training.ts";

const tiny = { imageSize: 16, width: 2, predictorWidth: 4, epochs: 1 };

browserTest(
  "review: five answered regions are five lines that refine applies",
  ({ page, errors }) =>
    inFolder(async (at) => {
      await train(at, tiny);
      await refined(at);
      const path = at("run", "decisions.jsonl");
      {
        await using server = await served(review, { run: at("run"), least: 4 });
        await page.goto(`${server.address}#anna`);
        const answered = (count: number) =>
          page.waitForFunction(
            `document.getElementById("progress").textContent.startsWith("${count} of")`,
          );
        await answered(0);
        for (const [i, key] of ["k", "a", "m", "b"].entries()) {
          await page.keyboard.press(key as "k");
          await answered(i + 1);
        }
        // The fifth by hand: all that touches a pixel is filled with the second class of the list.
        await page.keyboard.press("f");
        await page.keyboard.press("2");
        await page.click(".pane canvas");
        await page.keyboard.press("Enter");
        await answered(5);
        await page.keyboard.press("u");
        await answered(4);
        await page.keyboard.press("b");
        await answered(5);
        // On a telephone, too, one may ask what the words mean.
        await page.setViewport({ width: 400, height: 800 });
        await page.click("#help");
        const help = await page.$eval("dialog[open]", ({ textContent }) => textContent ?? "");
        for (const word of ["Knowledge is ", "Advice is ", "Method is "]) {
          assertStringIncludes(help, word);
        }
        const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
        assert(wide <= 400, `${wide} pixels wide on a telephone`);
        assertEquals(errors, []);
      }
      const { all, standing } = await readDecisions(path);
      assertEquals(all.map(({ choice }) => choice), [
        ...["knowledge", "advice", "method", "background"],
        ...["drawn", "undo", "background"],
      ]);
      assertEquals(standing.map(({ reviewer }) => reviewer), Array(5).fill("anna"));
      assert(all[4].labels.length === 1 && all[4].labels[0].runs.length > 0);
      const masks = () => Promise.all(ids.map((id) => readMask(at("refined", `${id}.png`))));
      const plain = await masks();
      await refined(at, { decisions: path });
      const decided = await masks();
      for (const { photograph, labels } of standing) {
        const { data } = decided[ids.indexOf(photograph)];
        for (const { class: c, runs } of labels) {
          for (let k = 0; k < runs.length; k += 2) {
            const own = data.subarray(runs[k], runs[k] + runs[k + 1]);
            assertEquals(own, new Uint8Array(own.length).fill(c), photograph);
          }
        }
      }
      assertNotEquals(decided, plain);
      // A session that goes on shows what is left.
      await using again = await served(review, { run: at("run"), least: 4 });
      assert(
        again.lines.includes(`5 decisions in ${path}; further ones are added there`),
        again.lines.join("\n"),
      );
    }),
);
