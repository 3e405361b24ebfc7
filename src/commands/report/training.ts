import { basename, join } from "@std/path";
import { encodeJpeg } from "../../data/images/encode_jpeg.ts";
import { readImage } from "../../data/images/image.ts";
import { thumbnail } from "../../data/images/picture.ts";
import { InputError } from "../../files/error.ts";
import { parseJson, readJson } from "../../files/json.ts";
import { listFolder } from "../../files/list_folder.ts";
import { counted } from "../../files/listed.ts";
import { linesOf, readText } from "../../files/read_bytes.ts";
import { isFile } from "../../files/is_file.ts";
import { flagOf } from "../../options/schema.ts";
import { best, names } from "../../training/run.ts";
import type { Start } from "../../training/run_folder.ts";
import { html, Markup } from "../../web/html.ts";
import { lineChart } from "../../web/line_chart.ts";

/** What happened in a training: when, where, how long, its curves, its options and its last preview. */
export async function trainingPart(run: string): Promise<Markup> {
  const config = await readJson(join(run, names.config));
  const lines = await jsonLines(join(run, names.metrics));
  const starts = await isFile(join(run, names.starts))
    ? await jsonLines(join(run, names.starts)) as unknown as readonly Start[]
    : [];
  const found = await best(run).catch(() => undefined);
  const curves = curvesOf(lines);
  return html`
    ${facts(lines, starts)}
    ${found &&
      html`<p>Best ${found.name} of the validation${
        found.list !== undefined && ` on ${found.list}`
      }: <b>${found.score.toFixed(4)}</b> after step ${found.step}.</p>`}
    ${curves.length === 0
      ? html`<p>It has written no line of metrics yet.</p>`
      : html`<div class="charts">${curves.map((curve) => new Markup(lineChart(curve)))}</div>`}
    ${await lastPreview(run)}
    <details>
      <summary>Its options</summary>
      <table>${optionLines(config).map(([flag, value]) =>
        html`
          <tr>
            <th scope="row"><code>--${flag}</code></th>
            <td><code>${value}</code></td>
          </tr>
        `
      )}</table>
    </details>
  `;
}

type Line = Readonly<Record<string, unknown>>;

function facts(lines: readonly Line[], starts: readonly Start[]): Markup {
  let [seconds, before, last] = [0, 0, 0];
  for (const { step, secondsPerStep } of lines) {
    last = Number(step);
    if (typeof secondsPerStep !== "number") continue; // a validation
    seconds += (last - before) * secondsPerStep;
    before = last;
  }
  const [start] = starts;
  const devices = [...new Set(starts.map(({ device }) => device))];
  return html`<p>${counted(last, "step")} in ${duration(seconds)}${
    last > 0 && ` (${(seconds / last).toPrecision(2)} s a step)`
  }${
    start
      ? html`, begun ${timeOf(start.time)}${
        starts.length > 1 && ` and resumed ${counted(starts.length - 1, "time")}`
      }, by henka ${start.henka} with Deno ${start.deno} on ${start.system}, device
<b>${devices.join(", then ")}</b>.`
      : "; it was made before henka noted versions and devices."
  }</p>`;
}

/** A curve for each figure in the lines. */
function curvesOf(lines: readonly Line[]) {
  const curves = new Map<string, (readonly [number, number])[]>();
  const add = (name: string, step: number, value: unknown) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    if (!curves.has(name)) curves.set(name, []);
    curves.get(name)!.push([step, value]);
  };
  for (const { step, epoch: _, validation, ...scalars } of lines) {
    if (typeof step !== "number") continue;
    for (const [name, value] of Object.entries(scalars)) add(words(name), step, value);
    for (const [name, value] of Object.entries(Object(validation))) {
      add(`validation: ${words(name)}`, step, value);
    }
  }
  return Array.from(curves, ([title, points]) => {
    return { title, axis: "step", points, dots: points.length <= 30 };
  });
}

/** "secondsPerStep" as "seconds per step". */
function words(name: string): string {
  return name.replace(/[a-z](?=[A-Z][a-z])/g, "$& ").replace(
    / [A-Z]/g,
    (word) => word.toLowerCase(),
  );
}

/** The picture of the last checkpoint, as wide as a page. */
async function lastPreview(run: string): Promise<Markup | undefined> {
  const folder = join(run, names.previews);
  const files = (await listFolder(folder) ?? []).map(({ name }) => name);
  const last = files.filter((name) => /^step-\d+\.png$/.test(name)).sort().at(-1);
  if (last === undefined) return undefined;
  const image = await readImage(join(folder, last));
  const small = Math.max(image.width, image.height) > 1600 ? thumbnail(image, 1600) : image;
  const source = `data:image/jpeg;base64,${(await encodeJpeg(small)).toBase64()}`;
  const step = Number(/\d+/.exec(basename(last)));
  return html`
    <figure
      class="preview"><img src="${source}" width="${small.width}" height="${small
        .height}" loading="lazy" alt="Preview of step ${step}"><figcaption>Preview of step ${step}</figcaption></figure>
  `;
}

/** All options as flags with their values, nested ones too; those that are not set are left out. */
function optionLines(value: object, path: readonly string[] = []): (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, own]) => {
    const here = [...path, key];
    if (own === null || own === undefined) return [];
    if (typeof own === "object" && !Array.isArray(own)) return optionLines(own, here);
    const text = Array.isArray(own) && own.every((item) => typeof item !== "object")
      ? own.join(",")
      : typeof own === "object"
      ? JSON.stringify(own)
      : String(own);
    return [[flagOf(here), text] as const];
  });
}

/** The lines of a file that are JSON objects; the last may be cut short while a training goes on. */
async function jsonLines(path: string): Promise<readonly Line[]> {
  const lines = linesOf(await readText(path)).filter((line) => line.trim() !== "");
  return lines.flatMap((line, i) => {
    try {
      return [Object(parseJson(line)) as Line];
    } catch (cause) {
      if (i === lines.length - 1) return [];
      throw new InputError(
        `Cannot read line ${i + 1} of ${path}: ${(cause as Error).message}. Restore or delete it.`,
        { cause },
      );
    }
  });
}

function timeOf(iso: string): string {
  return iso.replace("T", " ").replace(/:\d\d\.\d+Z$/, " UTC");
}

/** Seconds as one reads them: "2 min 50 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toPrecision(2) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
