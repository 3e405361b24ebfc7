import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { benchGpu } from "../bench/gpu.ts";
import { gpuPage } from "../bench/gpu_page.ts";
import { type PartName, runPart } from "../bench/gpu_parts.ts";

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

Deno.test("a part that takes too long is ended, and one that fails says why", async () => {
  const late = await runPart("peaks", { brief: true, seconds: 0.05 });
  assertEquals(late, { found: undefined, failed: "it was ended after 0.05 s" });
  const wrong = await runPart("none" as PartName, { brief: true, seconds: 60 });
  assertMatch(wrong.failed!, /TypeError: .*undefined/);
});

Deno.test("the page begins with the goals, and says whether they were reached", () => {
  const flop = 2e9;
  const times = [{ name: "large", flop, usual: 8e6, tuned: 4e6 }, {
    name: "small",
    flop: 1,
    usual: 1e9,
  }];
  const cost = { iterations: 10, cpu: 1, build: 1, each: 1, total: 11, peakBytes: 1 };
  const page = (share: number, rate: number) =>
    gpuPage({
      machine: { device: "A GPU", brief: false },
      notes: [],
      seconds: 300,
      peaks: { flops: 5e11 / share, bytes: 1e12 },
      products: { times, leftOut: 2 },
      crf: { photographs: "made", costs: [{ ...cost, labels: 21, rate }], stages: {} },
    });
  assertMatch(
    page(0.41, 99),
    /peak in large .*\| +1 of 1, 41 % to 41 % \| +reached \|\n.*CRF .*\| not reached \|/,
  );
  assertMatch(
    page(0.39, 101),
    /peak in large .*\| +0 of 1, .*\| not reached \|\n.*101 .*\| +reached \|/,
  );
  assert(page(1, 1).includes("There was no time for 2 more passes."));
});
