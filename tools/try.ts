// The page on which one tries henka in a browser: `deno task try` builds it and shows where it is;
// `deno task try --build` only writes it, to dist/try, which any server of static files can give out.
import { extname, fromFileUrl, join } from "@std/path";
import { buildModules } from "./build.ts";
import { tryPage } from "./build/try_page.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** Gives out the files of a folder on this machine alone; port 0 takes any. */
export function serve(folder: string, port: number, ready: (address: string) => void) {
  return Deno.serve({
    hostname: "127.0.0.1",
    port,
    onListen: ({ port }) => ready(`http://localhost:${port}/`),
  }, async ({ url }) => {
    const path = decodeURIComponent(new URL(url).pathname).replace(/\/$/, "/index.html");
    if (path.includes("..")) return new Response("Not found", { status: 404 });
    try {
      const file = await Deno.readFile(join(folder, path));
      return new Response(file, {
        headers: { "content-type": types[extname(path)] ?? "application/octet-stream" },
      });
    } catch {
      return new Response("Not found", { status: 404 });
    }
  });
}

if (import.meta.main) {
  const root = fromFileUrl(new URL("../", import.meta.url));
  const folder = join(root, "dist", "try");
  const modules = join(root, "dist", "modules");
  await buildModules(modules);
  await tryPage(root, modules, folder);
  console.log(`The page is in ${folder}.`);
  if (!Deno.args.includes("--build")) {
    serve(folder, 8000, (address) => console.log(`Open ${address} in a browser with WebGPU.`));
  }
}
