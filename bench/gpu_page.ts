import type { GpuFigures } from "./gpu.ts";
import { LARGE } from "./gpu_products.ts";
import { type Cells, figure, table } from "./markdown.ts";

/** The page of Markdown that says what was measured, to be pasted into docs/performance.md. */
export function gpuPage(figures: GpuFigures): string {
  const { machine, notes, seconds } = figures;
  return [
    `### ${machine.device}`,
    Object.entries(machine).filter(([name]) => name !== "device").map(([name, value]) =>
      `${name} ${typeof value === "number" && value % 1 ? value.toFixed(1) : value}`
    ).join(", ") + `; measured in ${seconds.toFixed(0)} s by \`deno task bench gpu\`.`,
    ...goals(figures),
    ...testLine(figures),
    ...peakLine(figures),
    ...products(figures),
    ...tuned(figures),
    ...steps(figures),
    ...crf(figures),
    ...memory(figures),
    ...costs(figures),
    ...peers(figures),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
  ].join("\n\n") + "\n";
}

/** The share of the f32 peak that large products are to reach, and photographs a second of the CRF. */
const [SHARE, RATE] = [0.4, 100];

/** What henka is to reach on a GPU, and whether it did. */
function goals({ machine, peaks, products, crf }: GpuFigures): string[] {
  if (machine.brief) return [];
  const large = products?.times.filter(({ flop }) => flop >= LARGE) ?? [];
  const shares = peaks && large.length > 0
    ? large.map(({ flop, usual, tuned = usual }) => flop / tuned * 1e9 / peaks.flops)
    : undefined;
  const least = shares && Math.min(...shares);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const rate = crf?.costs.find(({ labels }) => labels === 21)?.rate;
  const said = (reached: boolean | undefined) =>
    reached === undefined ? "not measured" : reached ? "reached" : "not reached";
  return [table([
    {
      goal: `${percent(SHARE)} of the f32 peak in large products and convolutions`,
      measured: shares && least !== undefined
        ? `${shares.filter((share) => share >= SHARE).length} of ${shares.length}, ` +
          `${percent(least)} to ${percent(Math.max(...shares))}`
        : "",
      "": said(least === undefined ? undefined : least >= SHARE),
    },
    {
      goal: `${RATE} photographs/s in the dense CRF (500x375, 21 labels, 10 iterations)`,
      measured: rate === undefined ? "" : `${figure(rate)} photographs/s`,
      "": said(rate === undefined ? undefined : rate >= RATE),
    },
  ])];
}

function testLine({ tests }: GpuFigures): string[] {
  if (!tests) return [];
  const { passed, failed, failures } = tests;
  const end = Number.isFinite(failed) ? `${failed} failed` : "stopped before the end";
  const line = `Tests of both families of kernels: ${passed} passed, ${end}, ${
    tests.seconds.toFixed(0)
  } s.`;
  return [line, ...(failures.length > 0 ? [failures.map((f) => `- ${f}`).join("\n")] : [])];
}

function peakLine({ peaks }: GpuFigures): string[] {
  if (!peaks) return [];
  return [
    `Measured peaks: ${figure(peaks.flops / 1e9)} GFLOP/s (a loop of f32 multiply-adds), ` +
    `${figure(peaks.bytes / 1e9)} GB/s (a copy).`,
  ];
}

function products({ products, peaks }: GpuFigures): string[] {
  if (!products) return [];
  const rate = (flop: number, ns: number) => figure(flop / ns);
  const share = (flop: number, ns: number) =>
    peaks ? `${(100 * flop / ns * 1e9 / peaks.flops).toFixed(0)} %` : "";
  const { leftOut } = products;
  const note = leftOut > 0 ? [`There was no time for ${leftOut} more passes.`] : [];
  const rows = table(products.times.map(({ name, flop, usual, tuned }): Cells => ({
    product: name,
    "us, usual tile": figure(usual / 1e3),
    "GFLOP/s": rate(flop, usual),
    "of the peak": share(flop, usual),
    ...(products.tuned && {
      "us, tuned": tuned ? figure(tuned / 1e3) : "",
      "GFLOP/s tuned": tuned ? rate(flop, tuned) : "",
      "of the peak, tuned": tuned ? share(flop, tuned) : "",
    }),
  })));
  return [rows, ...note];
}

function tuned({ products }: GpuFigures): string[] {
  if (!products?.tuned) return [];
  const { choices, seconds } = products.tuned;
  return [
    `The tuner decided ${choices.length} classes of shapes in ${seconds.toFixed(0)} s:`,
    table(choices.map(([name, tile]) => ({ class: name, tile }))),
  ];
}

function steps({ step, dynamic }: GpuFigures): string[] {
  const rows: Cells[] = [];
  if (step) {
    rows.push(
      row("training step on [4,3,96,96]", step.ms.least, step.ms.median, step.dispatches),
      row("- JavaScript recording", step.recording.least, step.recording.median),
    );
    if (step.torch) rows.push(row("- PyTorch, one thread", step.torch.least, step.torch.median));
  }
  for (const { name, ms, recording, dispatches } of dynamic ?? []) {
    rows.push(
      row(`dynamic step, ${name}`, ms.least, ms.median, dispatches),
      row("- JavaScript recording", recording.least, recording.median),
    );
  }
  return rows.length > 0 ? [table(rows)] : [];
}

function row(what: string, least: number, median: number, dispatches?: number): Cells {
  return {
    what,
    "least ms": figure(least),
    "median ms": figure(median),
    dispatches: dispatches === undefined ? "" : `${dispatches}`,
  };
}

function crf({ crf }: GpuFigures): string[] {
  if (!crf) return [];
  return [
    `Dense CRF, 500x375, ${crf.photographs}:`,
    table(crf.costs.map(({ labels, iterations, build, each, total, rate, peer }): Cells => ({
      labels: `${labels}`,
      iterations: `${iterations}`,
      "build ms": figure(build),
      "ms an iteration": figure(each),
      "total ms": figure(total),
      "images/s in a batch": figure(rate),
      ...(peer && { "pydensecrf ms": figure(peer.total) }),
    }))),
  ];
}

function memory({ memory, peaks }: GpuFigures): string[] {
  if (!memory) return [];
  return [
    "Ops bound by memory, [4,32,112,112]:",
    table(memory.map(({ name, forward, bytes, both, bothBytes }): Cells => ({
      op: name,
      "GB/s": figure(bytes / forward / 1e6),
      "of the copy": peaks ? `${(100 * bytes / forward * 1e3 / peaks.bytes).toFixed(0)} %` : "",
      "GB/s with gradients": figure(bothBytes / both / 1e6),
    }))),
  ];
}

function costs({ overheads }: GpuFigures): string[] {
  if (!overheads) return [];
  const { dispatch, recording, submit, wait, readBack } = overheads;
  return [table(
    Object.entries({
      "dispatch in an open pass": dispatch,
      "of which JavaScript": recording,
      submit,
      "wait for one dispatch": wait,
      "read 4 bytes back": readBack,
    }).map(([what, { least, median }]) => ({
      what,
      "least us": figure(1e3 * least),
      "median us": figure(1e3 * median),
    })),
  )];
}

function peers({ peers }: GpuFigures): string[] {
  if (!peers) return [];
  return [
    "Forward passes beside other WebGPU libraries, GFLOP/s:",
    table(peers.rates.map(({ name, flop, ms }) => ({
      case: name,
      ...Object.fromEntries(
        Object.entries(ms).map(([who, time]) => [who, time ? figure(flop / time / 1e6) : ""]),
      ),
    }))),
  ];
}
