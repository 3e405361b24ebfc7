// Programs that tests need, installed where CI runs as root.

/**
 * Installs a package of Debian, unless CI does not run as root there. Tests of several processes may ask
 * for one at a time: those that come later find what is there.
 */
export async function install(name: string, isThere: () => boolean): Promise<void> {
  if (Deno.env.get("CI") !== "true" || Deno.build.os !== "linux" || Deno.uid() !== 0) return;
  using lock = await Deno.open("/tmp/henka-install.lock", { create: true, write: true });
  await lock.lock(true);
  if (isThere()) return;
  await new Deno.Command("sh", {
    args: ["-c", `apt-get update && apt-get install -y --no-install-recommends ${name}`],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).output().catch(() => {});
}
