/// <reference lib="dom" />
// The controls of the page.
import type { CrfOptions } from "../../crf/mod.ts";

/** An element of the page, which has it. */
export function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** The number on a slider or in a list. */
export function value(id: string): number {
  return Number(element<HTMLInputElement>(id).value);
}

/** What the sliders of the CRF say; a kernel without weight is left out. */
export function crfOptions(): CrfOptions {
  const [weight, smoothWeight] = [value("weight"), value("smooth-weight")];
  return {
    iterations: value("iterations"),
    gaussian: smoothWeight > 0 ? [{ sxy: value("smooth-width"), compat: smoothWeight }] : [],
    bilateral: weight > 0
      ? [{ sxy: value("width"), srgb: value("colour-width"), compat: weight }]
      : [],
  };
}

/** Shows beside each slider what it says. */
export function showValues(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[type=range]")) {
    const output = input.parentElement?.querySelector("output");
    if (output) output.textContent = input.value;
  }
}

/** One button for each class, one for unknown, and one for a further class. */
export function classButtons(
  names: readonly string[],
  chosen: number,
  colour: (label: number) => string,
  choose: (label: number) => void,
): void {
  const button = (text: string, label: number) => {
    const made = document.createElement("button");
    made.type = "button";
    made.setAttribute("aria-pressed", String(label === chosen));
    if (label < 255) {
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = colour(label);
      made.append(swatch);
    }
    made.append(text);
    made.addEventListener("click", () => choose(label));
    return made;
  };
  element("classes").replaceChildren(
    ...names.map((name, label) => button(name, label)),
    ...(names.length < 21 ? [button("+ class", names.length)] : []),
    button("eraser", 255),
  );
}

/** Calls `take` with the files that are chosen by an input. */
export function onFiles(id: string, take: (files: File[]) => void): void {
  const input = element<HTMLInputElement>(id);
  input.addEventListener("click", () => {
    input.value = ""; // so that the same file may be chosen again
  });
  input.addEventListener("change", () => {
    const files = [...input.files ?? []];
    if (files.length > 0) take(files);
  });
}

/** Calls `take` with the files that are dropped on the page; a folder is opened. */
export function onDrop(take: (files: File[]) => void): void {
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const entries = [...event.dataTransfer?.items ?? []].map((item) => item.webkitGetAsEntry());
    const files = (await Promise.all(entries.map((entry) => filesOf(entry)))).flat();
    if (files.length > 0) take(files);
  });
}

async function filesOf(entry: FileSystemEntry | null): Promise<File[]> {
  if (entry === null) return [];
  if (entry.isFile) {
    return [
      await new Promise<File>((resolve, reject) => {
        (entry as FileSystemFileEntry).file(resolve, reject);
      }),
    ];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) { // a reader gives at most a hundred at once
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) break;
    all.push(...some);
  }
  return (await Promise.all(all.map(filesOf))).flat();
}
