/**
 * Measures the kernels and a training step: `deno task bench [GROUP ...] [--photographs FOLDER]
 * [--peers] [--json FILE]`, and `deno task bench soak [--steps 5000]`.
 *
 * `deno task bench gpu [--json FILE] [--page FILE] [--[no-]brief] [--peers]` does all that is to be known of a
 * GPU in eight minutes, see `gpu.ts`.
 *
 * Groups: conv2d, matmul, memory, dispatch, step, networks, losses, crf, dynamic; all by default. soak,
 * which looks for memory that is never given back, runs when it is named. PyTorch with one thread and
 * pydensecrf are measured beside them where `python3` has them. With `--peers`, tfjs and
 * jax-js are fetched from npm and measured too (alone, when no group is named). crf and dynamic take
 * photographs of 500x375 from a folder where one is given, and synthetic pictures otherwise.
 */
import { parseArgs } from "@std/cli/parse-args";
import { writeJson } from "../src/files/json.ts";
import { Device } from "../src/gpu/mod.ts";
import { conv2dRates } from "./conv2d.ts";
import { type CrfCosts, crfCosts } from "./crf.ts";
import { type Overheads, overheads } from "./dispatch.ts";
import { type DynamicCost, dynamicCosts, purposes } from "./dynamic.ts";
import { benchGpu } from "./gpu.ts";
import { type LossCost, lossCosts } from "./losses.ts";
import { type Cells, figure, table } from "./markdown.ts";
import { matmulRates } from "./matmul.ts";
import { type MemoryBound, memoryBound } from "./memory_bound.ts";
import { type NetworkCost, networkCosts } from "./networks.ts";
import { type PeerRate, peerRates } from "./peers.ts";
import type { Rate } from "./rates.ts";
import { soak, type SoakRow } from "./soak.ts";
import { type StepCost, stepCost } from "./step.ts";

const { _: wanted, ...flags } = parseArgs(Deno.args, {
  string: ["json", "page", "photographs", "steps"],
  boolean: ["brief", "peers"],
  negatable: ["brief"],
  default: { brief: undefined },
});
const json = flags.json as string | undefined;
const photographs = flags.photographs as string | undefined;

const groups: Readonly<Record<string, (device: Device) => Promise<unknown>>> = {
  conv2d: async (device) => printRates("Convolutions", await conv2dRates(device)),
  matmul: async (device) => printRates("Matrix products", await matmulRates(device)),
  memory: async (device) => printMemory(await memoryBound(device)),
  dispatch: async (device) => printOverheads(await overheads(device)),
  step: async (device) => printStep(await stepCost(device)),
  networks: async (device) => printNetworks(await networkCosts(device)),
  losses: async (device) => printLosses(await lossCosts(device)),
  crf: async (device) => printCrf(await crfCosts(device, photographs)),
  dynamic: async () => printDynamic(await dynamicCosts(photographs)),
  soak: async () => printSoak(await soak(Number(flags.steps ?? 5000))),
};

if (wanted[0] === "gpu") {
  await benchGpu({
    json: json ?? "bench-gpu.json",
    page: flags.page as string | undefined ?? "bench-gpu.md",
    brief: flags.brief as boolean | undefined,
    peers: flags.peers as boolean,
    photographs,
  });
  Deno.exit(0);
}
const everything = wanted.includes("all") || wanted.length === 0 && !flags.peers;
const names = everything ? Object.keys(groups).filter((name) => name !== "soak") : wanted;
const unknown = names.find((name) => !(name in groups));
if (unknown !== undefined) {
  console.error(
    `Cannot measure ${unknown}: the groups are all, ${Object.keys(groups).join(", ")}.`,
  );
  Deno.exit(2);
}
{
  const results: Record<string, unknown> = {};
  for (const name of flags.peers ? [...names, "peers"] : names) {
    using device = await Device.open(); // a fresh one: no group runs in what another left
    if (Object.keys(results).length === 0) {
      results.device = device.description;
      results.kernels = device.texels ? "texels" : "buffers";
      results.load = Deno.loadavg()[0];
      console.log(`${device.description}, load ${Deno.loadavg()[0].toFixed(1)}`);
    }
    results[name] = await (name === "peers" ? printPeers(device) : groups[name](device));
  }
  if (json !== undefined) await writeJson(json, results);
}

/** Prints a table under its title. */
function print(title: string, rows: readonly Cells[]): void {
  console.log(`\n## ${title}\n\n${table(rows)}`);
}

function printRates(title: string, rates: readonly Rate[]): readonly Rate[] {
  const passes = ["forward", "by first", "by second"];
  const rows = rates.flatMap(({ name, flop, ms, torch, naive }) =>
    passes.map((pass, i): Cells => {
      const beside = torch && {
        "torch GFLOP/s": figure(flop / torch[i] / 1e6),
        "of torch": figure(torch[i] / ms[i]),
      };
      return {
        case: `${name}, ${pass}`,
        ms: figure(ms[i]),
        "GFLOP/s": figure(flop / ms[i] / 1e6),
        ...(rates[0].torch && { "torch GFLOP/s": "", "of torch": "" }),
        ...beside,
        ...(rates[0].naive && { "times naive": i === 0 && naive ? figure(naive / ms[0]) : "" }),
      };
    })
  );
  print(`${title} (least times)`, rows);
  return rates;
}

async function printPeers(device: Device): Promise<readonly PeerRate[]> {
  const { rates, missing } = await peerRates(device);
  print(
    "Forward passes beside other WebGPU libraries, GFLOP/s (median times)",
    rates.map(({ name, flop, ms }): Cells => ({
      case: name,
      ...Object.fromEntries(
        Object.entries(ms).map(([who, time]) => [who, figure(time && flop / time / 1e6)]),
      ),
    })),
  );
  for (const [peer, reason] of Object.entries(missing)) {
    console.log(`\n${peer}: not available (${reason})`);
  }
  return rates;
}

function printMemory(ops: readonly MemoryBound[]): readonly MemoryBound[] {
  const rows = ops.map(({ name, forward, both, bytes, bothBytes }) => ({
    op: name,
    ms: figure(forward),
    "GB/s": figure(bytes / forward / 1e6),
    "ms with gradients": figure(both),
    "GB/s with gradients": figure(bothBytes / both / 1e6),
  }));
  print("Memory-bound ops on [4,32,112,112] (least times)", rows);
  return ops;
}

function printOverheads(costs: Overheads): Overheads {
  const named = {
    "dispatch in an open pass": costs.dispatch,
    "of which JavaScript": costs.recording,
    "submit": costs.submit,
    "wait for one dispatch": costs.wait,
    "read 4 bytes back": costs.readBack,
  };
  const rows = Object.entries(named).map(([what, { least, median }]) => ({
    what,
    "least us": figure(1e3 * least),
    "median us": figure(1e3 * median),
  }));
  print("Overheads", rows);
  return costs;
}

function printStep(cost: StepCost): StepCost {
  const { ms, recording, waiting, kernels, torch, lossDifference } = cost;
  const row = (what: string, least: number | undefined, median?: number) => ({
    what,
    "least ms": figure(least),
    "median ms": figure(median),
  });
  const sum = kernels?.reduce((total, kernel) => total + kernel.ms, 0);
  print("Training step on [4,3,96,96]", [
    row("step", ms.least, ms.median),
    row("- JavaScript recording", recording.least, recording.median),
    row("- JavaScript waiting", waiting.least, waiting.median),
    row("kernels, one by one", sum),
    row("first step, with compilation", cost.first),
    ...(torch ? [row("PyTorch, one thread", torch.least, torch.median)] : []),
  ]);
  if (torch) {
    console.log(
      `\n${figure(ms.least / torch.least)} times PyTorch's time by the least, ` +
        `${figure(ms.median / torch.median)} by the median. The first three losses differ from ` +
        `PyTorch's by at most ${lossDifference!.toExponential(1)} (relative).`,
    );
  } else console.log("\nPyTorch is not installed: nothing to compare with.");
  console.log(`${cost.dispatches} dispatches; at most ${figure(cost.peakBytes / 1e6)} MB in use.`);
  if (kernels) {
    const rows = kernels.map(({ name, count, ms }) => ({ kernel: name, count, "ms": figure(ms) }));
    print("Kernels of the step (least times)", rows);
  }
  return cost;
}

function printNetworks(costs: readonly NetworkCost[]): readonly NetworkCost[] {
  const rows = costs.map(({ name, forward, step, peak, torch }): Cells => ({
    network: name,
    "maps, ms": figure(forward),
    "torch ms": figure(torch?.[0]),
    "times torch": figure(torch && forward / torch[0]),
    "step, ms": figure(step),
    "torch step ms": figure(torch?.[1]),
    "times torch step": figure(step && torch?.[1] && step / torch[1]),
    "MB at most": figure(peak),
  }));
  print("Published encoders, one photograph (least times)", rows);
  return costs;
}

function printDynamic(costs: readonly DynamicCost[]): readonly DynamicCost[] {
  for (const { name, ms, recording, dispatches, peakBytes, kernels } of costs) {
    const time = (list: DynamicCost["kernels"]) =>
      list.reduce((sum, { nanoseconds }) => sum + nanoseconds / 1e6, 0);
    const row = (what: string, least: number, median?: number): Cells => ({
      what,
      "least ms": figure(least),
      "median ms": figure(median),
    });
    const other = kernels.filter(({ name }) =>
      Object.values(purposes).every((own) => !own.test(name))
    );
    const own = (part: RegExp) => kernels.filter(({ name }) => part.test(name));
    print(`A step of dynamic refinement: ${name}`, [
      row("step", ms.least, ms.median),
      row("- JavaScript recording", recording.least, recording.median),
      row("kernels, one by one", time(kernels)),
      ...Object.entries(purposes).map(([what, part]) => row(`- ${what}`, time(own(part)))),
      row("- other", time(other)),
    ]);
    console.log(`\n${dispatches} dispatches; at most ${figure(peakBytes / 1e6)} MB in use.`);
  }
  return costs;
}

function printLosses(costs: readonly LossCost[]): readonly LossCost[] {
  const rows = costs.map(({ name, ms, dispatches, peakBytes }) => ({
    loss: name,
    "ms with gradient": figure(ms),
    dispatches,
    "MB": figure(peakBytes / 1e6),
  }));
  print("Losses on [8,21,64,64] (least times)", rows);
  return costs;
}

function printSoak(rows: readonly SoakRow[]): readonly SoakRow[] {
  print(
    "Memory of the process",
    rows.map(({ what, done, bytes, growth, ms }) => ({
      what,
      done,
      MB: (bytes / 1e6).toFixed(0),
      "KB more each": (growth / 1e3).toFixed(1),
      "ms each": figure(ms),
    })),
  );
  return rows;
}

function printCrf({ photographs, costs, stages }: CrfCosts): CrfCosts {
  const rows = costs.map((cost): Cells => ({
    labels: cost.labels,
    iterations: cost.iterations,
    "build ms": figure(cost.build),
    "ms an iteration": figure(cost.each),
    "total ms": figure(cost.total),
    "CPU ms": figure(cost.cpu),
    "images/s in a batch": figure(cost.rate),
    ...(cost.pairRate && { "of two devices": figure(cost.pairRate) }),
    "peak MB": figure(cost.peakBytes / 1e6),
  }));
  print(`Dense CRF on ${photographs} (least times)`, rows);
  const beside = costs.flatMap(({ peer, ...cost }): Cells[] =>
    peer
      ? [{
        labels: cost.labels,
        iterations: cost.iterations,
        "build ms": figure(peer.build),
        "total ms": figure(peer.total),
        "CPU ms": figure(peer.cpu),
        "henka's CPU ms": figure(cost.cpu),
        "images/s of two": figure(peer.rate),
        "henka's rate": figure(cost.rate / peer.rate),
        ...(cost.pairRate && { "of two devices": figure(cost.pairRate / peer.rate) }),
        "largest difference": peer.difference.toExponential(1),
      }]
      : []
  );
  if (beside.length > 0) print("pydensecrf, in turns with it (one core)", beside);
  else console.log("\npydensecrf is not installed: nothing to compare with.");
  for (const [labels, kernels] of Object.entries(stages)) {
    if (kernels.length === 0) continue;
    print(
      `Kernels of the dense CRF, ${labels} labels, 10 iterations`,
      kernels.map(({ name, count, ms }) => ({ kernel: name, count, ms: figure(ms) })),
    );
  }
  return { photographs, costs, stages };
}
