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
    for (const variable of ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: root,
        // No driver is found, and no shell that would install one.
        env: {
          VK_ICD_FILENAMES: "/none",
          VK_DRIVER_FILES: "/none",
          PATH: "/none",
          [variable]: "2",
        },
        stdout: "null",
      }).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 2, said);
      assertStringIncludes(said, `Cannot find a GPU on ${Deno.hostname()}: `);
      assertEquals(said.trim().split("\n").length, 1, said);
    }
  },
});
