import { assertMatch, assertRejects } from "@std/assert";
import { basename, dirname, join } from "@std/path";
import { InputError } from "../src/files/error.ts";
import { encodeImage } from "../src/data/images/image.ts";

/** A photograph of two pixels. */
const pixel = encodeImage({ width: 2, height: 1, data: new Uint8Array(6) });

/** Runs a test in a new folder with files of the given content; no content means an image. */
export async function withSet(
  files: Record<string, string | undefined>,
  test: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, name)), { recursive: true });
      const bytes = content === undefined ? pixel : new TextEncoder().encode(content);
      await Deno.writeFile(join(root, name), bytes);
    }
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Files of a folder in memory, as a browser hands them over: their names alone. */
export async function filesOf(folder: string, paths: readonly string[]): Promise<File[]> {
  return await Promise.all(
    paths.map(async (path) => new File([await Deno.readFile(join(folder, path))], basename(path))),
  );
}

/** Runs a test with `folder` as the working folder, so that paths may be given relative to it. */
export async function within(folder: string, test: () => Promise<void>): Promise<void> {
  const before = Deno.cwd();
  Deno.chdir(folder);
  try {
    await test();
  } finally {
    Deno.chdir(before);
  }
}

/** The message of the InputError that `run` throws: one line of what, why and remedy. */
export async function refusal(run: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(run, InputError);
  assertMatch(error.message, /^Cannot [^\n]*: [^\n]*\. [^\n]*\.$/);
  return error.message;
}
