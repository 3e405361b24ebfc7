import { InputError } from "../../files/error.ts";
import { missing, refused } from "./answers.ts";
import { newToken } from "./token.ts";

/** A request that was let in. */
export interface Visit {
  /** GET or POST. */
  readonly method: "GET" | "POST";
  /** The parts of the address behind the token, decoded. */
  readonly path: readonly string[];
  /** What follows the question mark. */
  readonly query: URLSearchParams;
  /** What was sent, as JSON; nothing where it is none or too long. */
  body(): Promise<unknown>;
}

/** What a server is to do. */
export interface Serving {
  /** Answers a request that was let in. */
  answer(visit: Visit): Response | Promise<Response>;
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** Ends the server. */
  readonly signal: AbortSignal;
  /** Is told the address of the page, with its token. */
  opened(address: string): void;
}

/** The longest body of a request, bytes: the runs of a brush in a large photograph. */
const LONGEST = 8 * 2 ** 20;

/**
 * Serves pages to the browsers of this machine, until the signal ends it. Answered is who knows the
 * token, which is in the address, and comes by the name of this machine from a page of this server: other
 * hosts (DNS rebinding) and other origins are refused before anything is read.
 *
 * @throws {InputError} when the port is taken.
 */
export async function serve({ answer, port, signal, opened }: Serving): Promise<void> {
  const token = newToken();
  const ended = Promise.withResolvers<void>();
  let server: Deno.HttpServer<Deno.NetAddr>;
  const answering = async (request: Request): Promise<Response> => {
    const response = await guarded(request, token, server.addr.port, answer);
    for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
    return response;
  };
  try {
    server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      signal,
      onListen: () => {},
      onError: () => refused("Something went wrong: see the terminal", 500),
    }, answering);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new InputError(`Cannot serve on port ${port}: it is taken. Give another --port, or 0.`);
  }
  opened(`http://127.0.0.1:${server.addr.port}/${token}/`);
  signal.addEventListener("abort", () => ended.resolve());
  if (signal.aborted) ended.resolve();
  await ended.promise;
  await server.finished;
}

const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

async function guarded(
  request: Request,
  token: string,
  port: number,
  answer: Serving["answer"],
): Promise<Response> {
  const host = request.headers.get("host") ?? "";
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return refused("This server answers to 127.0.0.1 alone");
  }
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin !== null && origin !== `http://${host}`) return refused("Another origin");
  if (site !== null && site !== "same-origin" && site !== "none") return refused("Another site");
  const { method } = request;
  if (method !== "GET" && method !== "POST") return refused("Only GET and POST", 405);
  if (method === "POST" && request.headers.get("content-type") !== "application/json") {
    return refused("Only JSON", 415);
  }
  const { pathname, searchParams } = new URL(request.url);
  const [, given, ...encoded] = pathname.split("/");
  if (!same(given, token)) return refused("The token in the address is missing or wrong");
  const path = encoded.map(decoded);
  if (path.includes(undefined)) return missing();
  const parts = path as string[];
  return await answer({
    method,
    path: parts.at(-1) === "" ? parts.slice(0, -1) : parts,
    query: searchParams,
    body: () => bodyOf(request),
  });
}

/** Compares without telling by the time it takes where two texts differ. */
function same(a: string, b: string): boolean {
  let different = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) {
    different |= a.charCodeAt(i % (a.length || 1)) ^ b.charCodeAt(i);
  }
  return different === 0;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > LONGEST) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(await new Blob(chunks as BlobPart[]).text());
  } catch {
    return undefined;
  }
}
