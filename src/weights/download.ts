import { dirname } from "@std/path";
import { InputError } from "../files/error.ts";
import { fileError } from "../files/file_error.ts";
import { isFile } from "../files/is_file.ts";
import { makeFolder } from "../files/make_folder.ts";
import { remove } from "../files/remove.ts";

/** What is downloaded, and how it is known to be whole. */
export interface Download {
  /** Its address. */
  readonly url: string;
  /** Where it is put; until it is whole, what has come lies beside it, ending in `.part`. */
  readonly path: string;
  /** The first digits of its SHA-256. */
  readonly digest: string;
  /** Bytes that it has at most; a server that sends more is not believed. */
  readonly most: number;
  /** Told as bytes come; the total is not known of every server. */
  progress?(done: number, total: number | undefined): void;
  /** Ends it; what has come stays, and the next call goes on from there. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads a file, going on where an earlier call was cut off, and keeps it if it is the one that was
 * published.
 *
 * @throws {InputError} when the server cannot be reached, sends something else, or nothing may be written.
 */
export async function download(options: Download): Promise<void> {
  const { path, digest, url } = options;
  const part = `${path}.part`;
  await makeFolder(dirname(path));
  await fetchRest(part, options);
  const found = await digestOf(part);
  if (!found.startsWith(digest)) {
    await remove(part);
    throw new InputError(
      `Cannot keep ${url}: its SHA-256 begins with ${
        found.slice(0, digest.length)
      }, not ${digest} as ` +
        "published. Fetch it again.",
    );
  }
  try {
    await Deno.rename(part, path);
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** Fetches what a file lacks; a server that cannot go on sends all of it again. */
async function fetchRest(
  part: string,
  { url, most, progress, signal }: Download,
): Promise<void> {
  let done = await isFile(part) ? (await Deno.stat(part)).size : 0;
  const response = await request(url, done, signal);
  if (response.status === 416) { // nothing is lacking
    await response.body?.cancel();
    return;
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new InputError(
      `Cannot fetch ${url}: the server answers ${response.status}. Try later, or give --from.`,
    );
  }
  using file = await Deno.open(part, { create: true, write: true }).catch(async (error) => {
    await response.body?.cancel();
    throw fileError("write", part, error);
  });
  if (response.status !== 206 || rangeStart(response) !== done) done = 0;
  await file.truncate(done);
  await file.seek(done, Deno.SeekMode.Start);
  const length = Number(response.headers.get("content-length") ?? NaN);
  const total = Number.isNaN(length) ? undefined : done + length;
  try {
    for await (const bytes of response.body) {
      if (done + bytes.length > most) {
        throw new InputError(
          `Cannot fetch ${url}: it is larger than published. Give another --from.`,
        );
      }
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      done += bytes.length;
      progress?.(done, total);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    throw new InputError(
      `Cannot fetch ${url}: it broke off after ${done} bytes. Fetch it again: it goes on from there.`,
      { cause: error },
    );
  }
}

async function request(url: string, from: number, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  try {
    return await fetch(url, { headers, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof Deno.errors.NotCapable) {
      throw new InputError(
        `Cannot fetch ${url}: the program may not connect. Start it with --allow-net.`,
        { cause },
      );
    }
    throw new InputError(
      `Cannot fetch ${url}: the server cannot be reached. Check the connection, or give --from.`,
      { cause },
    );
  }
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? NaN);
}

/** SHA-256 of a file in hexadecimal, read in pieces. */
export async function digestOf(path: string): Promise<string> {
  const { createHash } = await import("node:crypto"); // no browser has it, and none comes here
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const piece = new Uint8Array(2 ** 20);
  for (let n; (n = await file.read(piece)) !== null;) hash.update(piece.subarray(0, n));
  return hash.digest("hex");
}
