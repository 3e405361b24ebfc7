import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { checksum } from "../files/checksum.ts";
import { InputError } from "../files/error.ts";
import { type Download, download } from "./download.ts";

const content = Uint8Array.from({ length: 50_000 }, (_, i) => i * i % 251);
const [digest, size] = [(await checksum(content)).slice(0, 8), content.length];

/** How a server answers. */
interface How {
  /** Whether it goes on with a file. */
  readonly ranges?: boolean;
  readonly status?: number;
  readonly type?: string;
  /** What else it says of it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What it has in place of the file. */
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** A server, and the ranges that it was asked for. */
function serve({ ranges = true, status, type = "application/octet-stream", ...how }: How) {
  const { headers: more, body = content } = how;
  const asked: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ headers }) => {
    const range = headers.get("range");
    asked.push(range);
    if (status) return new Response("no", { status, headers: more });
    const from = ranges && range ? Number(/\d+/.exec(range)) : 0;
    if (from >= body.length) return new Response(null, { status: 416 });
    const rest = body.slice(from);
    const place = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
    return new Response(rest, {
      status: from > 0 ? 206 : 200,
      headers: {
        ...{ "content-length": String(rest.length), "content-type": type },
        ...from > 0 && place,
        ...more,
      },
    });
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}/file.pth`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/**
 * A server that sends the beginning of the file, and does or does not say how long all of it is; then it
 * closes the connection, or holds it until `end` is called.
 */
function servePart(count: number, { told = true, holds = false } = {}) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const answered = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    const head = `HTTP/1.1 200 OK\r\n${told ? `content-length: ${size}\r\n` : ""}\r\n`;
    const bytes = new Uint8Array([
      ...new TextEncoder().encode(head),
      ...content.subarray(0, count),
    ]);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    if (holds) await ended;
  })();
  return {
    end,
    url: `http://127.0.0.1:${listener.addr.port}/file.pth`,
    async [Symbol.asyncDispose]() {
      end();
      await answered;
      listener.close();
    },
  };
}

type Fetch = (url: string, more?: Partial<Download>) => Promise<void>;

async function inFolder(test: (path: string, fetch: Fetch) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "kept", "file.pth");
  try {
    await test(path, (url, more) => download({ url, path, size, digest, ...more }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const refused = async (attempt: Promise<void>) =>
  (await assertRejects(() => attempt, InputError)).message;
const sizeOf = async (path: string) => (await Deno.stat(path)).size;

Deno.test("a download that breaks off goes on where it was, and is kept when it is whole", () =>
  inFolder(async (path, fetch) => {
    for (const told of [true, false]) {
      await using broken = servePart(20_000, { told });
      assertStringIncludes(
        await refused(fetch(broken.url)),
        "broke off after 20000 bytes. Fetch it again: it goes on",
      );
      assertEquals(await sizeOf(`${path}.part`), 20_000);
    }
    await using server = serve({});
    const told: number[] = [];
    await fetch(server.url, { progress: (done) => told.push(done) });
    assertEquals(server.asked, ["bytes=20000-"]);
    assertEquals([told[0], told.at(-1)], [20_000, size]);
    assertEquals(await Deno.readFile(path), content);
    await assertRejects(() => Deno.stat(`${path}.part`), Deno.errors.NotFound);
  }));

Deno.test("a server that falls silent has broken off", () =>
  inFolder(async (path, fetch) => {
    await using silent = servePart(30_000, { holds: true });
    assertStringIncludes(await refused(fetch(silent.url, { patience: 100 })), "after 30000 bytes");
    assertEquals(await sizeOf(`${path}.part`), 30_000);
  }));

Deno.test("a server without ranges sends it again; one that has sent all is not asked for more", () =>
  inFolder(async (path, fetch) => {
    await using plain = serve({ ranges: false });
    await Deno.mkdir(join(path, ".."));
    await Deno.writeFile(`${path}.part`, new Uint8Array(30_000));
    await fetch(plain.url);
    assertEquals([plain.asked, await Deno.readFile(path)], [["bytes=30000-"], content]);
    await Deno.rename(path, `${path}.part`);
    await fetch(plain.url);
    assertEquals([plain.asked.at(-1), await Deno.readFile(path)], ["bytes=50000-", content]);
    await Deno.rename(path, `${path}.part`);
    await using whole = serve({});
    await fetch(whole.url, { size: size + 20, within: 20 }); // as it is published, rounded
    assertEquals([whole.asked, await Deno.readFile(path)], [["bytes=50000-"], content]);
    await Deno.writeFile(`${path}.part`, new Uint8Array(60_000)); // more than there is
    await Deno.remove(path);
    await fetch(plain.url);
    assertEquals([plain.asked.at(-1), await Deno.readFile(path)], [null, content]);
  }));

Deno.test("two that fetch one file at once: one does, the other waits for it", () =>
  inFolder(async (path, fetch) => {
    await using slow = servePart(20_000, { holds: true });
    const { promise: began, resolve: begins } = Promise.withResolvers<void>();
    const first = refused(fetch(slow.url, { progress: (done) => done === 20_000 && begins() }));
    await began;
    await using server = serve({});
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    const others = [1, 2, 3].map(() => fetch(server.url, { waits }));
    await waiting;
    assertEquals(server.asked, []);
    slow.end();
    assertStringIncludes(await first, "broke off after 20000");
    await Promise.all(others);
    assertEquals(server.asked, ["bytes=20000-"]);
    assertEquals(await Deno.readFile(path), content);
    assertEquals([...Deno.readDirSync(join(path, ".."))].length, 1);
  }));

Deno.test("whoever stops a download, or waiting for one, is told nothing else; what has come stays", () =>
  inFolder(async (path, fetch) => {
    await using slow = servePart(20_000, { holds: true });
    const stop = new AbortController();
    const { promise: began, resolve: begins } = Promise.withResolvers<void>();
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    const { signal } = stop;
    const progress = (done: number) => done === 20_000 && begins();
    const both = [fetch(slow.url, { signal, progress })];
    await began;
    both.push(fetch(slow.url, { signal, waits }));
    await waiting;
    stop.abort(new Error("stopped"));
    for (const each of both) await assertRejects(() => each, Error, "stopped");
    assertEquals(await sizeOf(`${path}.part`), 20_000);
  }));

Deno.test("what is not the published file is not kept, and costs nothing of what has come", () =>
  inFolder(async (path, fetch) => {
    await using other = serve({ body: content.slice().fill(1) });
    assertStringIncludes(
      await refused(fetch(other.url)),
      `, not ${digest} as published. Fetch it again.`,
    );
    await assertRejects(() => Deno.stat(`${path}.part`), Deno.errors.NotFound);
    await Deno.writeFile(`${path}.part`, content.subarray(0, 20_000));
    await using page = serve({ ranges: false, type: "text/html; charset=utf-8" });
    assertStringIncludes(await refused(fetch(page.url)), "a web page comes in its place. Sign in");
    for (const body of [content.slice(0, 90), new Uint8Array([...content, 0])]) {
      await using wrong = serve({ body });
      assertStringIncludes(
        await refused(fetch(wrong.url)),
        `it has ${body.length} bytes, and 50000 as published. Give another --from.`,
      );
    }
    await using gone = serve({ status: 404 });
    assertStringIncludes(await refused(fetch(gone.url)), "the server answers 404.");
    await using packing = serve({ ranges: false, headers: { "content-encoding": "gzip" } });
    assertStringIncludes(await refused(fetch(packing.url)), "the server packs it (gzip), though");
    await using round = serve({ status: 302, headers: { location: "/file.pth" } });
    assertStringIncludes(await refused(fetch(round.url)), "it is redirected again and again.");
    const nobody = "http://127.0.0.1:9/file.pth";
    assertStringIncludes(await refused(fetch(nobody)), "the server cannot be reached.");
    assertEquals(await sizeOf(`${path}.part`), 20_000);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    // Of a server that does not say how much comes, until there is too much: that is of another file.
    await using longer = servePart(size, { told: false });
    const few = { size: 40_000 };
    assertStringIncludes(await refused(fetch(longer.url, few)), "it has more bytes, and 40000");
    assertEquals(await sizeOf(`${path}.part`), 0);
  }));

Deno.test({
  name: "a full disk and a closed folder are told as such",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (path, fetch) => {
      await using server = serve({});
      await Deno.mkdir(join(path, ".."));
      await Deno.symlink("/dev/full", `${path}.part`);
      assertStringIncludes(
        await refused(fetch(server.url)),
        `Cannot write ${path}.part: no space is left on the disk.`,
      );
      await Deno.remove(join(path, ".."), { recursive: true });
      await Deno.writeTextFile(join(path, ".."), "a file");
      assertStringIncludes(await refused(fetch(server.url)), "Cannot write");
    }),
});
