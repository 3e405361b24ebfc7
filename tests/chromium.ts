// Tests in a real Chromium: found, installed where CI runs as root, or else ignored with a word.
import { toFileUrl } from "@std/path";
import { install } from "./install.ts";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

/** A page under test, and what it asked for. */
export interface Tab {
  /** The page, on which nothing is open yet. */
  readonly page: Page;
  /** The addresses of all requests so far, the page's own among them; those of data are left out. */
  readonly requests: readonly string[];
  /** What the page said by console.error, threw, or was refused by its policy. */
  readonly errors: readonly string[];
}

/** How a browser is started. */
export interface BrowserOptions {
  /** With WebGPU, on a software GPU; without it pages have none. */
  readonly gpu?: boolean;
}

const path = await findChromium();

/** A test in a new browser; ignored, with a word in its name, where there is none. */
export function browserTest(
  name: string,
  test: (tab: Tab) => Promise<void>,
  options: BrowserOptions = {},
): void {
  const ignore = path === undefined;
  Deno.test({
    name: ignore ? `${name} (no Chromium)` : name,
    ignore,
    // The browser's process and sockets end with it, some of them after the test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => inBrowser(test, options),
  });
}

/** Works on a page of a new browser. */
export async function inBrowser(
  work: (tab: Tab) => Promise<void>,
  options: BrowserOptions = {},
): Promise<void> {
  await withBrowser(options, async (browser) => work(await newTab(browser)));
}

/** The address of a file, as a browser opens it from the disk. */
export function addressOf(path: string): string {
  return toFileUrl(path).href;
}

async function withBrowser(
  { gpu = false }: BrowserOptions,
  work: (browser: Browser) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const quiet = ["quic", "background-networking", "component-update", "sync"];
  const webgpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
  const browser = await puppeteer.launch({
    executablePath: path,
    headless: true,
    timeout: 120_000,
    userDataDir: folder,
    args: [
      ...["--no-sandbox", "--no-first-run", ...quiet.map((what) => `--disable-${what}`)],
      ...(gpu ? webgpu : ["--disable-gpu"]),
    ],
  });
  try {
    await work(browser);
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true }).catch(() => {}); // it may still be writing
  }
}

async function newTab(browser: Browser): Promise<Tab> {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000); // machines of two cores may be busy
  const [requests, errors]: string[][] = [[], []];
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) requests.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return { page, requests, errors };
}

async function findChromium(): Promise<string | undefined> {
  const places = [
    Deno.env.get("CHROMIUM"),
    ...["chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ];
  const found = () => places.find((place) => place && isThere(place));
  if (found() === undefined) await install("chromium", () => found() !== undefined);
  return found();
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
