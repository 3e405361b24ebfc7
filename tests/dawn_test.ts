// The second engine: some of the tests of ops, CRF and models on Dawn and Tint, as in Chromium and Node.
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { softwareGpu } from "./software_gpu.ts";

const env = await softwareGpu();

const files = [
  "src/wgsl/kernels_test.ts",
  "src/wgsl/golden_test.ts",
  "src/crf/dense_crf_test.ts",
  "src/models/difference_test.ts",
];
const chosen = "/compiles in both families|PyTorch's|mean field in plain loops|change logits/";

Deno.test({
  name: `kernels, ops, CRF and change predictor on Dawn${env ? "" : " (no GPU that it takes)"}`,
  ignore: env === undefined,
  async fn() {
    const preload = ["--preload", "tests/dawn.ts"];
    const command = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", ...preload, "--filter", chosen, ...files],
      cwd: fromFileUrl(new URL("../", import.meta.url)),
      env: { NO_COLOR: "1", ...env },
    });
    const { stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout);
    const [, passed, failed] = /\| (\d+) passed \| (\d+) failed/.exec(text) ?? [];
    assertEquals(failed, "0", text + new TextDecoder().decode(stderr));
    assert(Number(passed) > 40, text);
  },
});
