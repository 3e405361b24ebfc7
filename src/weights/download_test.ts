import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { checksum } from "../files/checksum.ts";
import { InputError } from "../files/error.ts";
import { download } from "./download.ts";

const content = Uint8Array.from({ length: 50_000 }, (_, i) => i * i % 251);
const digest = (await checksum(content)).slice(0, 8);

/** A server that answers as `how` says, and the ranges that it was asked for. */
function serve(how: { ranges?: boolean; status?: number; garbage?: boolean }) {
  const asked: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ headers }) => {
    const range = headers.get("range");
    asked.push(range);
    if (how.status) return new Response("no", { status: how.status });
    const from = how.ranges !== false && range ? Number(/\d+/.exec(range)) : 0;
    if (from >= content.length) return new Response(null, { status: 416 });
    const rest = how.garbage ? content.slice(from).fill(1) : content.slice(from);
    const type = from > 0 ? `bytes ${from}-${content.length - 1}/${content.length}` : undefined;
    const init = {
      status: type ? 206 : 200,
      headers: { "content-length": String(rest.length), ...type && { "content-range": type } },
    };
    return new Response(rest, init);
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}/file.pth`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A server that closes the connection in the middle of the file. */
function serveHalf(count: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answered = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${content.length}\r\n\r\n`;
    const bytes = new Uint8Array([
      ...new TextEncoder().encode(head),
      ...content.subarray(0, count),
    ]);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}/file.pth`,
    async [Symbol.asyncDispose]() {
      await answered;
      listener.close();
    },
  };
}

async function inFolder(test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(join(folder, "kept", "file.pth"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const size = async (path: string) => (await Deno.stat(path)).size;

Deno.test("a download that breaks off goes on where it was, and is kept when it is whole", () =>
  inFolder(async (path) => {
    const most = content.length;
    {
      await using broken = serveHalf(20_000);
      const { message } = await assertRejects(
        () => download({ url: broken.url, path, digest, most }),
        InputError,
      );
      assertStringIncludes(message, "broke off after 20000 bytes. Fetch it again: it goes on");
      assertEquals(await size(`${path}.part`), 20_000);
    }
    await using whole = serve({});
    const told: (number | undefined)[][] = [];
    const progress = (...figures: (number | undefined)[]) => told.push(figures);
    await download({ url: whole.url, path, digest, most, progress });
    assertEquals(whole.asked, ["bytes=20000-"]);
    assertEquals(told.at(-1), [content.length, content.length]);
    assertEquals(await Deno.readFile(path), content);
    await assertRejects(() => Deno.stat(`${path}.part`), Deno.errors.NotFound);
  }));

Deno.test("a server without ranges sends it again; one that has sent all is not asked for more", () =>
  inFolder(async (path) => {
    await using plain = serve({ ranges: false });
    await Deno.mkdir(join(path, ".."));
    await Deno.writeFile(`${path}.part`, new Uint8Array(30_000));
    await download({ url: plain.url, path, digest, most: content.length });
    assertEquals([plain.asked, await Deno.readFile(path)], [["bytes=30000-"], content]);
    await Deno.rename(path, `${path}.part`);
    await using whole = serve({});
    await download({ url: whole.url, path, digest, most: content.length });
    assertEquals(await Deno.readFile(path), content);
  }));

Deno.test("what is not the published file is not kept", () =>
  inFolder(async (path) => {
    const attempt = async (url: string, most = content.length) =>
      (await assertRejects(() => download({ url, path, digest, most }), InputError)).message;
    await using other = serve({ garbage: true });
    assertStringIncludes(await attempt(other.url), `, not ${digest} as published. Fetch it again.`);
    await assertRejects(() => Deno.stat(`${path}.part`), Deno.errors.NotFound);
    await using large = serve({});
    assertStringIncludes(await attempt(large.url, 40_000), "it is larger than published.");
    await using gone = serve({ status: 404 });
    assertStringIncludes(await attempt(gone.url), "the server answers 404.");
    assertStringIncludes(await attempt("http://127.0.0.1:9/file.pth"), "cannot be reached.");
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  }));
