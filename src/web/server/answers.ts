import { extname } from "@std/path";
import { decodeImage, encodeImage } from "../../data/images/image.ts";
import { isJpeg } from "../../data/images/jpeg.ts";
import { isPng, pngHeader } from "../../data/images/png.ts";
import { isWebp, webpHeader } from "../../data/images/webp.ts";
import { readBytes } from "../../files/read_bytes.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
};

/** Nothing is there; also the answer to whatever may not be seen. */
export function missing(): Response {
  return new Response("Not found\n", { status: 404 });
}

/** The answer that refuses a request. */
export function refused(reason: string, status = 403): Response {
  return new Response(`${reason}\n`, { status });
}

/** A page. */
export function page(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
}

/** A value as JSON. */
export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json" },
  });
}

/** A photograph of a list as it is; as PNG where browsers do not know its format or how it was held. */
export async function photograph(path: string | undefined): Promise<Response> {
  if (!path) return missing();
  const bytes = await readBytes(path);
  const type = isJpeg(bytes) ? "image/jpeg" : storedUpright(bytes);
  const shown = type ? bytes : encodeImage(await decodeImage(bytes, path));
  return new Response(shown, { headers: { "content-type": type ?? "image/png" } });
}

/** The type of a PNG or WebP that needs not be turned; browsers do that for JPEG alone. */
function storedUpright(bytes: Uint8Array): string | undefined {
  try {
    if (isPng(bytes)) return pngHeader(bytes).orientation === 1 ? "image/png" : undefined;
    if (isWebp(bytes)) return webpHeader(bytes).orientation === 1 ? "image/webp" : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return undefined; // decoding says what is wrong with it
}

/** A picture; other files are not handed out. */
export async function picture(path: string | undefined): Promise<Response> {
  const type = path && TYPES[extname(path).toLowerCase()];
  if (!path || !type) return missing();
  return new Response(await readBytes(path), { headers: { "content-type": type } });
}

/** Bytes, compressed on their way. */
export function packed(bytes: Uint8Array<ArrayBuffer>): Response {
  const body = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const headers = { "content-type": "application/octet-stream", "content-encoding": "gzip" };
  return new Response(body, { headers });
}

/** Values as they come, one JSON a line. */
export function lines(values: AsyncIterable<unknown>): Response {
  const encoder = new TextEncoder();
  const body = ReadableStream.from(values)
    .pipeThrough(
      new TransformStream<unknown, Uint8Array>({
        transform(value, controller) {
          controller.enqueue(encoder.encode(JSON.stringify(value) + "\n"));
        },
      }),
    );
  return new Response(body, { headers: { "content-type": "application/x-ndjson" } });
}

/**
 * Server-sent events. `start` is handed what sends one and returns what ends it when the page is gone; a
 * comment now and then shows that nobody has gone.
 */
export function events(
  start: (send: (name: string, value: unknown) => void) => () => void,
): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          stop(); // the page has gone
        }
      };
      const beat = setInterval(() => write(": here\n\n"), 15_000);
      const end = start((name, value) =>
        write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
      );
      stop = () => {
        stop = () => {};
        clearInterval(beat);
        end();
      };
    },
    cancel: () => stop(),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
