import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../files/error.ts";
import { json, picture } from "./answers.ts";
import { fileUnder } from "./file_under.ts";
import { serve, type Visit } from "./serve.ts";

/** Serves the pictures of a folder, and says what else was asked. */
async function serving(
  folder: string,
  test: (url: URL, token: string) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const opened = Promise.withResolvers<string>();
  const running = serve({
    port: 0,
    signal: stop.signal,
    opened: opened.resolve,
    async answer({ method, path, body }: Visit) {
      if (method === "POST") return json({ got: await body() });
      return path[0] === "file" ? picture(await fileUnder(folder, path.slice(1))) : json({ path });
    },
  });
  try {
    const url = new URL(await opened.promise);
    await test(url, url.pathname.split("/")[1]);
  } finally {
    stop.abort();
    await running;
  }
}

/** The status and the text that answer a request which no client library has tidied. */
async function rawly(port: string, target: string, ...headers: string[]) {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  const text = [`GET ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(text));
  const answer = await new Response(connection.readable).text();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), text: answer };
}

const raw = async (...request: Parameters<typeof rawly>) => (await rawly(...request)).status;

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("serve answers who has the token and comes from its own page, and nobody else", () =>
  inFolder((folder) =>
    serving(folder, async (url, token) => {
      assertEquals(url.hostname, "127.0.0.1");
      assertMatch(token, /^[0-9a-f]{32}$/);
      const { port } = url;
      const own = `Host: 127.0.0.1:${port}`;
      const ask = (...headers: string[]) => raw(port, `/${token}/x`, ...headers);
      assertEquals(await ask(own), 200);
      assertEquals(await ask(`Host: localhost:${port}`), 200);
      assertEquals(await ask(own, `Origin: http://127.0.0.1:${port}`), 200);
      for (
        const host of [
          "evil.example",
          `evil.example:${port}`,
          "127.0.0.1",
          `127.0.0.1.evil:${port}`,
        ]
      ) {
        assertEquals(await ask(`Host: ${host}`), 403, host);
      }
      for (const origin of ["http://evil.example", "null", `https://127.0.0.1:${port}`]) {
        assertEquals(await ask(own, `Origin: ${origin}`), 403, origin);
      }
      assertEquals(await ask(own, "Sec-Fetch-Site: cross-site"), 403);
      const wrong = [
        "",
        "0".repeat(32),
        token.slice(1),
        `${token}0`,
      ];
      for (const other of wrong) assertEquals(await raw(port, `/${other}/x`, own), 403, other);
      const post = async (type: string, body: string) => {
        const answer = await fetch(url, {
          method: "POST",
          body,
          headers: { "content-type": type },
        });
        return [answer.status, answer.ok ? await answer.json() : await answer.text()];
      };
      assertEquals(await post("application/json", '{"a":1}'), [200, { got: { a: 1 } }]);
      assertEquals(await post("application/json", '{"a":'), [200, {}]);
      assertEquals((await post("text/plain", "{}"))[0], 415, "what a form may send from elsewhere");
      assertEquals(await post("application/json", `"${"x".repeat(9e6)}"`), [200, {}]);
      const { headers, body } = await fetch(url);
      await body?.cancel();
      assertEquals(headers.get("x-frame-options"), "DENY");
      await assertRejects(
        () =>
          serve({
            port: Number(port),
            signal: new AbortController().signal,
            opened() {},
            answer: () => json({}),
          }),
        InputError,
        "it is taken",
      );
    })
  ));

Deno.test("no address leads out of the folder: not by dots, slashes, links or hidden names", () =>
  inFolder(async (root) => {
    const folder = join(root, "served");
    await Deno.mkdir(join(folder, "in"), { recursive: true });
    await Deno.mkdir(join(root, "served-too"));
    for (
      const name of [
        "served/in/a b.png",
        "served/.hidden.png",
        "served/notes.txt",
        "secret.png",
        "served-too/b.png",
      ]
    ) {
      await Deno.writeTextFile(join(root, name), "a picture");
    }
    await Deno.symlink(join(root, "secret.png"), join(folder, "link.png"));
    await Deno.symlink(join(root, "served-too"), join(folder, "away"));
    await Deno.symlink(join(folder, "in"), join(folder, "again"));
    await serving(folder, async ({ port }, token) => {
      const own = `Host: 127.0.0.1:${port}`;
      const ask = (path: string) => raw(port, `/${token}/file/${path}`, own);
      for (const path of ["in/a%20b.png", "again/a%20b.png"]) {
        assertEquals(await ask(path), 200, path);
      }
      const refused = [
        "../secret.png",
        "../../secret.png",
        "in/../../secret.png",
        "%2e%2e/secret.png",
        "..%2fsecret.png",
        "..%5csecret.png",
        "%2e%2e%2fsecret.png",
        "in%2f..%2f..%2fsecret.png",
        "link.png",
        "away/b.png",
        "../served-too/b.png",
        ".hidden.png",
        "notes.txt",
        "in",
        "",
        "%00",
        "%ff",
        encodeURIComponent(join(root, "secret.png")),
      ];
      for (const path of refused) {
        const { text } = await rawly(port, `/${token}/file/${path}`, own);
        assert(!text.includes("a picture"), path);
        const body = await fetch(`http://127.0.0.1:${port}/${token}/file/${path}`).then((x) =>
          x.text()
        );
        assert(body !== "a picture", path);
      }
    });
  }));
