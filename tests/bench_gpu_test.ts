import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { benchGpu } from "../bench/gpu.ts";
import { gpuPage } from "../bench/gpu_page.ts";

Deno.test("bench gpu measures, tests and tunes in its brief form, and writes JSON and a page", async () => {
  const folder = await Deno.makeTempDir();
  const log = console.log;
  console.log = () => {};
  try {
    const [json, page] = [join(folder, "figures.json"), join(folder, "page.md")];
    const { machine, notes, peaks, tests, products } = await benchGpu({ json, page, brief: true });
    assertEquals(notes.filter((note) => /failed|left out/.test(note)), []);
    assertEquals([machine.brief, tests!.failed, tests!.passed > 0], [true, 0, true]);
    assert(peaks!.flops > 1e6 && peaks!.bytes > 1e6);
    assertEquals(products!.times.length, 7); // one of them with maps in f16
    for (const { flop, usual, tuned } of products!.times) {
      assert(flop > 0 && usual > 0 && tuned! > 0);
    }
    assertEquals(products!.tuned!.choices.length, 1); // no time was left for more
    const written = await Deno.readTextFile(page);
    const figures = JSON.parse(await Deno.readTextFile(json));
    assertEquals(written, gpuPage(figures));
    assertMatch(written, /\| matmul 64x40x48 +\|( +[\d.]+ %? ?\|){6}/);
  } finally {
    console.log = log;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the page says what failed and what was left out", () => {
  const page = gpuPage({
    machine: { device: "A GPU", kernels: "buffers" },
    notes: ["dense CRF: failed, the device was lost", "overheads: left out, 3 s were left"],
    tests: { passed: 3, failed: NaN, seconds: 150, failures: ["a test ... FAILED (1s)"] },
    seconds: 470,
  });
  for (
    const part of ["### A GPU", "failed, the device was lost", "3 s were left", "3 passed, stopped"]
  ) {
    assert(page.includes(part), part);
  }
});
