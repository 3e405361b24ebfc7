// Draws the letters of src/data/images/letters.ts in a Chromium with the font DejaVu Sans, which anybody
// may use and change: `deno run -A tools/draw_letters.ts`. There is no need to do it again.
import { encode } from "fast-png";
import { fromFileUrl } from "@std/path";
import puppeteer from "puppeteer-core";

/** Rows of a letter, and the row of its base line. */
const [HEIGHT, BASE] = [17, 13];
/** ASCII, Latin-1 and Latin Extended-A. */
const ranges = [[0x20, 0x7e], [0xa1, 0x17f]];

const letters = ranges.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i))
).join("");

const userDataDir = await Deno.makeTempDir();
const browser = await puppeteer.launch({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  userDataDir,
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
const drawn = await page.evaluate(`(() => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  context.font = "13px DejaVu Sans";
  const letters = [...${JSON.stringify(letters)}];
  // Some letters, such as J, begin left of where the pen is: in a row they would reach into the one before.
  const sizes = letters.map((letter) => context.measureText(letter));
  const lefts = sizes.map(({ actualBoundingBoxLeft: left }) => Math.max(0, Math.ceil(left)));
  const widths = sizes.map(({ width, actualBoundingBoxRight: right }, i) =>
    lefts[i] + Math.max(Math.ceil(width), Math.ceil(right))
  );
  canvas.width = widths.reduce((sum, width) => sum + width, 0);
  canvas.height = ${HEIGHT};
  context.font = "13px DejaVu Sans";
  let x = 0;
  letters.forEach((letter, i) => {
    context.fillText(letter, x + lefts[i], ${BASE});
    x += widths[i];
  });
  const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { widths, width, alpha: [...data].filter((_, i) => i % 4 === 3) };
})()`) as { widths: number[]; width: number; alpha: number[] };
await browser.close();
await Deno.remove(userDataDir, { recursive: true }).catch(() => {});

// Sixteen levels are enough for the eye.
const data = Uint8Array.from(drawn.alpha, (value) => Math.round(value / 17) * 17);
const png = encode({ width: drawn.width, height: HEIGHT, data, channels: 1, depth: 8 });
const text = `// Made by tools/draw_letters.ts with DejaVu Sans, 13 pixels.

/** Rows of the picture. */
export const letterHeight = ${HEIGHT};

/** Columns of each letter, those of ASCII first, then those from U+00A1 to U+017F. */
export const letterWidths: readonly number[] = [
  ${drawn.widths.join(", ")}
];

/** The letters beside each other, black 0 to white 255 where they are, as PNG in base64. */
export const lettersPng =
  ${JSON.stringify(png.toBase64())};
`;
await Deno.writeTextFile(
  fromFileUrl(new URL("../src/data/images/letters.ts", import.meta.url)),
  text,
);
