/** Where Debian's Chromium has its software GPU. */
const chromium = "/usr/lib/chromium/vk_swiftshader_icd.json";

/**
 * The environment in which Dawn finds a GPU in software; nothing where there is none. Dawn refuses
 * llvmpipe before Mesa 23, and takes the SwiftShader of a Chromium that is there.
 */
export async function softwareGpu(): Promise<Record<string, string> | undefined> {
  const quiet = { NODEVICE_SELECT: "1", XDG_RUNTIME_DIR: "/tmp" };
  for (const env of [{ ...quiet, VK_ICD_FILENAMES: chromium }, quiet]) {
    if ("VK_ICD_FILENAMES" in env && !await isThere(chromium)) continue;
    const preload = new URL("./dawn.ts", import.meta.url).href;
    const code = "Deno.exit(await navigator.gpu.requestAdapter() ? 0 : 1)";
    const args = ["eval", "--preload", preload, code];
    const { success } = await new Deno.Command(Deno.execPath(), { args, env }).output();
    if (success) return env;
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
