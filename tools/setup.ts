// Sees to it that WebGPU finds an adapter: `deno task setup`, which the tasks that need one run
// first. On Debian and Ubuntu, as root, it installs Mesa's software Vulkan driver; elsewhere, and in
// processes that a launcher starts together, which would all install at once, it says how.

const packages = "mesa-vulkan-drivers libvulkan1";
const install: Readonly<Record<string, string>> = {
  "Debian, Ubuntu": `apt-get update && apt-get install -y --no-install-recommends ${packages}`,
  "Fedora": "dnf install -y mesa-vulkan-drivers vulkan-loader",
  "Arch": "pacman -S --needed vulkan-swrast vulkan-icd-loader",
};

if (Deno.args[0] === "--probe") {
  Deno.exit(await navigator.gpu?.requestAdapter() ? 0 : 1);
} else if (!await probe()) {
  Deno.exit(await installDriver() && await probe() ? 0 : explain());
}

/** Whether a new process finds an adapter: a process looks for its drivers only once. */
async function probe(): Promise<boolean> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", import.meta.url, "--probe"],
    env: Deno.build.os === "linux"
      ? {
        XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") || "/tmp",
        DENO_WEBGPU_BACKEND: Deno.env.get("DENO_WEBGPU_BACKEND") || "vulkan",
      }
      : {},
    stdout: "null",
    stderr: "null",
  }).output();
  return code === 0;
}

/** Whether a launcher of parallel programs has started others like this process. */
function isOneOfMany(): boolean {
  return ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "WORLD_SIZE"]
    .some((name) => Number(Deno.env.get(name)) > 1);
}

/** Installs the driver where that can be done unasked; whether it was. */
async function installDriver(): Promise<boolean> {
  if (isOneOfMany() || Deno.build.os !== "linux" || Deno.uid() !== 0 || !isDebian()) return false;
  console.error("No GPU was found: installing Mesa's software Vulkan driver.");
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", install["Debian, Ubuntu"]],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).output();
  if (code === 0) return true;
  for (const output of [stdout, stderr]) await Deno.stderr.write(output);
  return false;
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(Deno.readTextFileSync("/etc/os-release"));
  } catch {
    return false;
  }
}

/** Says what to do by hand; returns the exit status. */
function explain(): number {
  if (isOneOfMany()) {
    console.error(
      `Cannot find a GPU on ${Deno.hostname()}: WebGPU has no adapter there. Run deno task setup on ` +
        "each machine first, without the launcher.",
    );
    return 2;
  }
  console.error("Cannot find a GPU: WebGPU has no adapter on this machine.");
  if (Deno.build.os === "linux") {
    console.error("Install the GPU's Vulkan driver, or, as root, Mesa's software driver:");
    for (const [system, command] of Object.entries(install)) {
      console.error(`  ${system.padEnd(16)}${command}`);
    }
  }
  return 2;
}
