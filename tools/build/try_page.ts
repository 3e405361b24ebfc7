// The page on which one tries henka, as a folder of static files.
import { join } from "@std/path";
import * as esbuild from "esbuild";
import { settings } from "./bundles.ts";

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="3" fill="#1f5a9e"/>
<path d="M2 13 Q5 3 8 8 T14 4 V13 Z" fill="#fff"/></svg>
`;

const manifest = {
  name: "henka: better masks",
  short_name: "henka",
  start_url: "./",
  display: "standalone",
  background_color: "#ffffff",
  theme_color: "#1f5a9e",
  icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml" }],
};

/**
 * Writes the page into a new folder.
 *
 * @param root the project's folder
 * @param modules the built package, from which its scripts are bundled
 * @param out the folder
 */
export async function tryPage(root: string, modules: string, out: string): Promise<void> {
  await Deno.remove(out, { recursive: true }).catch(() => {});
  await Deno.mkdir(out, { recursive: true });
  const source = (name: string) => Deno.readTextFile(join(root, "src/web", name));
  await Deno.writeTextFile(join(out, "index.html"), await source("try/page.html"));
  const style = await source("page.css") + await source("try/try.css");
  await Deno.writeTextFile(join(out, "style.css"), style);
  await Deno.writeTextFile(join(out, "icon.svg"), icon);
  await Deno.writeTextFile(join(out, "manifest.webmanifest"), JSON.stringify(manifest));
  const bundle: esbuild.BuildOptions = {
    ...settings(modules),
    platform: "browser",
    conditions: ["browser"],
  };
  await esbuild.build({
    ...bundle,
    entryPoints: { app: "src/web/try/app.js" },
    outdir: out,
    chunkNames: "part-[hash]",
  });
  const files = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
  const contents = await Promise.all(files.map((name) => Deno.readFile(join(out, name))));
  const all = new Uint8Array(await new Blob(contents).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex();
  await esbuild.build({
    ...bundle,
    splitting: false,
    entryPoints: { service_worker: "src/web/try/service_worker.js" },
    outdir: out,
    define: {
      FILES: JSON.stringify(["./", ...files]),
      VERSION: JSON.stringify(`henka-${digest.slice(0, 12)}`),
    },
  });
  await esbuild.stop();
}
