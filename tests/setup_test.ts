// `deno task setup` among processes that a launcher has started.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

const root = fromFileUrl(import.meta.resolve("../"));
const { tasks: { setup: { command } } } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`));
const [, ...args] = command.split(" ");

Deno.test({
  name: "ranks without a driver say so in one line, and do not install one all at once",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const setup = (env: Record<string, string>) =>
      new Deno.Command(Deno.execPath(), { args, cwd: root, env, stdout: "null" }).output();
    assertEquals((await setup({ PMI_SIZE: "2" })).code, 0, "the driver of this machine is found");
    for (const variable of ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]) {
      // No driver is found, and no shell that would install one.
      const none = { VK_ICD_FILENAMES: "/none", VK_DRIVER_FILES: "/none", PATH: "/none" };
      const { code, stderr } = await setup({ ...none, [variable]: "2" });
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 2, said);
      assertStringIncludes(said, `Cannot find a GPU on ${Deno.hostname()}: `);
      assertEquals(said.trim().split("\n").length, 1, said);
    }
  },
});
