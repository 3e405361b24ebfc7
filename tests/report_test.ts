// Reports, opened from the disk in a real browser.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { writeImage } from "../src/data/images/image.ts";
import { encodeMask, writeMask } from "../src/data/masks/mask.ts";
import { evaluateCommand } from "../src/commands/evaluate.ts";
import { report } from "../src/commands/report/report.ts";
import type { Context } from "../src/options/command.ts";
import { readJson, writeJson } from "../src/files/json.ts";
import { addressOf, browserTest } from "./chromium.ts";
import { refusal, within, withSet } from "./files.ts";

const SIZE = { width: 40, height: 30 };
/** The name of a photograph that would be markup if it were not escaped. */
const ODD = "<b>ä & 'x'";

type At = (...path: string[]) => string;

const inFolder = (test: (at: At) => Promise<void>) =>
  withSet({}, (root) => test((...path) => join(root, ...path)));

const contextOf = (lines: string[] = []): Context => ({
  device: () => Promise.reject(new Error("reports need no GPU")),
  progress: () => ({ update() {}, done() {} }),
  log: (line) => lines.push(line),
  signal: new AbortController().signal,
});

/** A set whose second mask is wrong in a corner of `wrong` columns, and the masks' evaluation. */
async function evaluated(at: At, photographs: number): Promise<void> {
  await Deno.mkdir(at("set", "JPEGImages"), { recursive: true });
  await Deno.writeTextFile(at("set", "classes.txt"), "cat\ndog <i>\n");
  for (let n = 0; n < photographs; n++) {
    const id = n === 0 ? ODD : `p${n}`;
    const pixels = Uint8Array.from({ length: 3 * 1200 }, (_, i) => (7 * i + 50 * n) % 256);
    await writeImage(at("set", "JPEGImages", `${id}.png`), { ...SIZE, data: pixels });
    const truth = Uint8Array.from({ length: 1200 }, (_, u) => u % 40 < 20 ? 1 : 0);
    const mask = truth.map((c, u) => u % 40 < n ? 2 : c);
    await writeMask(at("set", "SegmentationClass", `${id}.png`), { ...SIZE, data: truth });
    await writeMask(at("masks", `${id}.png`), { ...SIZE, data: mask });
  }
  const options = { data: at("set"), list: "all", predictions: at("masks"), resamples: 20 };
  await evaluateCommand.run(evaluateCommand.config.parse(options), contextOf());
}

async function reported(options: object): Promise<string> {
  const lines: string[] = [];
  await report.run(report.config.parse(options), contextOf(lines));
  return lines.join("\n");
}

browserTest(
  "a report of evaluated masks opens from the disk, asks for nothing and filters its photographs",
  async ({ page, requests, errors }) => {
    await inFolder(async (at) => {
      await evaluated(at, 9);
      await reported({ of: at("masks"), photographs: 2 });
      const chart = await Deno.readTextFile(at("masks", "evaluation.svg"));
      assert(chart.includes("IoU on all, %") && chart.includes("dog &#60;i&#62;"), chart);
      const address = addressOf(at("masks", "report.html"));
      await page.goto(address);
      const texts = async (selector: string) =>
        await page.$$eval(
          selector,
          (all) => all.map((one) => (one as unknown as { innerText: string }).innerText.trim()),
        );
      assertEquals((await texts("h1"))[0], `Report of ${at("masks")}`);
      const rows = await texts(".bars tbody th");
      assert(rows.includes("dog <i>"), rows.join());
      // The best is the one without a fault, the worst that with the most.
      const named = (await texts("h4")).map((text) => text.replace(/\s+/g, " "));
      assertMatch(named[0], /^<b>ä & 'x' best/);
      assert(named.some((text) => /^p8 worst/.test(text)), named.join());
      const captions = await texts("article:first-of-type figcaption");
      assertEquals(captions.map((text) => text.replace(/\s+/g, " ")), [
        "photograph",
        "mask IoU 100.0",
        "truth",
      ]);
      const seen = () =>
        page.$$eval("article", (all) => all.filter((one) => one.checkVisibility()).length);
      const all = await seen();
      await page.focus('button[data-kind="worst"]');
      await page.keyboard.press("Enter");
      assertEquals([await seen(), all > 2], [2, true]);
      // Pictures out of sight are loaded late, if at all; each must be one nevertheless.
      await page.$$eval("img", (all) => all.forEach((one) => one.loading = "eager"));
      await page.waitForFunction(
        `[...document.images].every((one) => one.complete && one.naturalWidth > 0)`,
      );
      assertEquals([requests, errors], [[address], []]);
    });
  },
);

Deno.test("masks that were evaluated by relative paths are found from elsewhere", () =>
  inFolder(async (at) => {
    await evaluated(at, 1);
    const options = { data: "set", list: "all", predictions: "masks", resamples: 0 };
    await within(at(), async () => {
      await evaluateCommand.run(evaluateCommand.config.parse(options), contextOf());
    });
    await within(at("set"), async () => {
      const said = await reported({ of: at("masks"), out: at("a.html") });
      assert(!said.includes("Left out"), said);
    });
    const text = await Deno.readTextFile(at("a.html"));
    assert(text.includes("<p>1 photograph of the list all"), "in the singular");
    assertMatch(text, /1 photograph of 1/);
  }));

Deno.test("a report of the folder of masks shows the masks of each step, with a truth and without", () =>
  inFolder(async (at) => {
    await evaluated(at, 2);
    const figures = await readJson(at("masks", "evaluation.json"));
    const run = (...names: string[]) =>
      writeJson(at("runs", ...names, "config.json"), { data: at("set"), list: "all" });
    await run("seeds", "classifier");
    await run("static");
    const folders = ["seeds/cam/masks", "seeds/walk/masks", "advice", "refined"];
    for (const folder of [...folders, "masks"]) {
      await Deno.mkdir(at("runs", folder), { recursive: true });
      for (const id of [ODD, "p1"]) {
        await Deno.copyFile(at("masks", `${id}.png`), at("runs", folder, `${id}.png`));
      }
    }
    await writeJson(at("runs", "set.json"), { photographs: "", labels: "", sizes: "" });
    await writeJson(at("runs", "seeds.json"), { options: {} }); // of the step, no figures
    const named = async () => {
      const text = await Deno.readTextFile(at("runs", "report.html"));
      const titles = [...text.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);
      const [article] = text.split("<article").slice(1);
      const captions = [...article.matchAll(/<figcaption>\s*([^<]*?)\s*</g)].map(([, name]) =>
        name
      );
      return { titles, captions };
    };
    const kinds = ["photograph", "random walk", "advice of a network", "refined"];
    await Deno.rename(at("set", "SegmentationClass"), at("truth"));
    assert(!(await reported({ of: at("runs") })).includes("Left out"));
    const pictures = [
      `Masks of each step, pictures: ${at("runs")}`,
      `Seed masks, pictures: ${at("runs", "seeds")}`,
    ];
    assertEquals(await named(), {
      titles: pictures,
      captions: [...kinds, "masks of the network"],
    });
    await reported({ of: at("runs", "seeds"), out: at("runs", "report.html") });
    assertEquals(await named(), {
      titles: pictures.slice(1),
      captions: ["photograph", "activation maps", "random walk"],
    });

    await Deno.rename(at("truth"), at("set", "SegmentationClass"));
    await writeJson(at("runs", "masks-measured.json"), { walk: figures, refined: figures });
    await Deno.remove(at("runs", "masks"), { recursive: true });
    const said = await reported({ of: at("runs") });
    assertStringIncludes(said, `Left out: the masks ${at("runs", "masks")}: there are none`);
    assertEquals(await named(), {
      titles: [
        `Masks of each step: ${at("runs", "masks-measured.json")}`,
        ...pictures,
        "What was left out",
      ],
      captions: [...kinds, "truth"],
    });
  }));

Deno.test("a report says what it left out and why, and refuses a folder without figures", () =>
  inFolder(async (at) => {
    await evaluated(at, 3);
    await Deno.writeFile(
      at("masks", "p1.png"),
      encodeMask({ ...SIZE, data: new Uint8Array(1200) }).subarray(0, 60),
    );
    await writeJson(at("masks", "old", "ladder.json"), { rows: [{ name: "x" }] });
    const said = await reported({ of: at("masks"), out: at("a.html") });
    assertMatch(
      said,
      /Left out: photographs whose files cannot be used: Cannot read the mask .*p1\.png/,
    );
    assertMatch(said, /Left out: .*ladder\.json: Cannot use .*ladder\.json: it lacks figures/);
    const text = await Deno.readTextFile(at("a.html"));
    assert(text.includes("What was left out") && text.includes("p1.png"), "it says so itself");
    await Deno.rename(at("set"), at("gone"));
    assertMatch(
      await reported({ of: at("masks"), out: at("b.html") }),
      /Left out: the pictures of /,
    );
    assertMatch(
      await refusal(() => reported({ of: at("gone") })),
      /it has neither a run nor figures/,
    );
    assertMatch(await refusal(() => reported({ of: at("none") })), /there is none/);
    assertEquals(
      (await reported({ of: join(at("masks"), "evaluation.json"), photographs: 0 })).match(
        /written to (.*)/,
      )?.[1],
      at("masks", "report.html"),
    );
  }));
