import { dirname } from "@std/path";
import { tryLock } from "../files/atomic.ts";
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
  /** Its bytes, as published; a server that has more or fewer is not believed. */
  readonly size: number;
  /** By how many bytes that may be wrong, because it is rounded; 0 by default. */
  readonly within?: number;
  /** The first digits of its SHA-256. */
  readonly digest: string;
  /** Told how many bytes are there, first those of an earlier call. */
  progress?(done: number): void;
  /** Told, perhaps, that another process is fetching the same file, which is awaited. */
  waits?(): void;
  /** Milliseconds without a byte after which the server has broken off; a minute by default. */
  readonly patience?: number;
  /** Ends it; what has come stays, and the next call goes on from there. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads a file, going on where an earlier call was cut off, and keeps it if it is the one that was
 * published. Of several processes one does it for all.
 *
 * @throws {InputError} when the server cannot be reached, sends something else, or nothing may be written.
 */
export async function download(options: Download): Promise<void> {
  const { path, digest, url } = options;
  const part = `${path}.part`;
  await makeFolder(dirname(path));
  using file = await opened(part, options);
  // Another process may have been the first.
  if (await isFile(path) && (await digestOf(path)).startsWith(digest)) return await remove(part);
  await fetchRest(part, file, options);
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
    await Deno.rename(part, path); // before it is closed: until then it is locked
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** What has come, as a file that this process alone writes until it is closed. */
async function opened(part: string, { waits, signal }: Download): Promise<Deno.FsFile> {
  for (let told = false;; told = true) {
    const file = await Deno.open(part, { create: true, write: true }).catch((error) => {
      throw fileError("write", part, error);
    });
    // Whoever held it may have renamed or removed it since it was opened.
    if (tryLock(file) !== false && await isAt(file, part)) return file;
    file.close();
    if (!told) waits?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
    signal?.throwIfAborted();
  }
}

async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const [own, there] = [await file.stat(), await Deno.stat(path).catch(() => undefined)];
  return own.ino === there?.ino;
}

/** Fetches what a file lacks; a server that cannot go on sends all of it again. */
async function fetchRest(part: string, file: Deno.FsFile, options: Download): Promise<void> {
  const { url, size, within = 0, progress, signal, patience = 60_000 } = options;
  const before = (await file.stat()).size;
  let done = before <= size + within ? before : 0;
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), patience);
  };
  heard();
  try {
    const both = AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]);
    const response = await request(options, done, both);
    if (response === undefined) return;
    if (response.status !== 206) done = 0;
    if (done !== before) await written(part, () => file.truncate(done));
    await file.seek(done, Deno.SeekMode.Start);
    progress?.(done);
    const reader = response.body!.getReader();
    for (;;) {
      const { value: bytes } = await reader.read().catch((cause) => {
        signal?.throwIfAborted();
        throw brokenOff(url, done, cause);
      });
      if (bytes === undefined) break;
      heard();
      if (done + bytes.length > size + within) {
        await written(part, () => file.truncate(0)); // nothing of it is what was wanted
        throw otherFile(options, "more");
      }
      await written(part, async () => {
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      });
      done += bytes.length;
      progress?.(done);
    }
    if (done < size - within) throw brokenOff(url, done);
  } finally {
    clearTimeout(timer);
    silence.abort(); // what nobody reads any more
  }
}

/** The answer that has the bytes from `done` on (206), or all of them; undefined where none is lacking. */
async function request(
  options: Download,
  done: number,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const { url, size, within = 0 } = options;
  const fits = (bytes: number) => Math.abs(bytes - size) <= within;
  const range = done > 0 ? { range: `bytes=${done}-` } : undefined;
  const headers = { "accept-encoding": "identity", ...range };
  const response = await fetch(url, { headers, signal }).catch((cause) => {
    options.signal?.throwIfAborted();
    const [reason, remedy] = cause instanceof Deno.errors.NotCapable
      ? ["the program may not connect", "Start it with --allow-net"]
      : /redirect/i.test(`${cause}`)
      ? ["it is redirected again and again", "Give another --from"]
      : [
        "the server cannot be reached",
        "Check the connection, give --from, or use a file that you have with --weights",
      ];
    throw new InputError(`Cannot fetch ${url}: ${reason}. ${remedy}.`, { cause });
  });
  const { status, headers: told } = response;
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)?/.exec(told.get("content-range") ?? "") ?? [];
  if (status === 416 && fits(done)) return undefined;
  if (done > 0 && (status === 416 || status === 206 && Number(from) !== done)) {
    await response.body?.cancel();
    return await request(options, 0, signal); // all of it, from a server that cannot go on
  }
  if (!response.ok || response.body === null) {
    throw new InputError(
      `Cannot fetch ${url}: the server answers ${status}. Try later, or give --from.`,
    );
  }
  if (/^text\/html\b/i.test(told.get("content-type") ?? "")) {
    throw new InputError(
      `Cannot fetch ${url}: a web page comes in its place. Sign in where your network asks for it, or ` +
        "give another --from.",
    );
  }
  const packed = told.get("content-encoding") ?? "identity";
  if (packed !== "identity") {
    throw new InputError(
      `Cannot fetch ${url}: the server packs it (${packed}), though it was asked not to. Give another ` +
        "--from.",
    );
  }
  const whole = status === 206 ? total : told.get("content-length");
  if (whole != null && !fits(Number(whole))) throw otherFile(options, whole);
  return response;
}

async function written(part: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw fileError("write", part, error);
  }
}

function brokenOff(url: string, done: number, cause?: unknown): InputError {
  return new InputError(
    `Cannot fetch ${url}: it broke off after ${done} bytes. Fetch it again: it goes on from there.`,
    { cause },
  );
}

function otherFile({ url, size, within = 0 }: Download, has: string): InputError {
  const published = within > 0 ? `about ${size}` : size;
  return new InputError(
    `Cannot fetch ${url}: it has ${has} bytes, and ${published} as published. Give another --from.`,
  );
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
