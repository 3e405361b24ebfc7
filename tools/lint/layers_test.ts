import { assertEquals } from "@std/assert";
import plugin from "./layers.ts";

/** The rules that `source`, were it the file `path`, breaks. */
const broken = (path: string, source: string): readonly string[] =>
  Deno.lint.runPlugin(plugin, path, source).map(({ id }) => id.replace("henka/", ""));

type Case = readonly [path: string, source: string, broken: readonly string[]];

const cases: Readonly<Record<string, readonly Case[]>> = {
  "imports go downward only": [
    ["src/nn/linear.ts", 'import { matmul } from "../wgsl/mod.ts";', []],
    ["src/nn/linear.ts", 'import { Random } from "../data/random.ts";', []],
    ["src/nn/linear.ts", 'import { init } from "./init.ts";', []],
    ["src/wgsl/relu/relu.ts", 'import { empty } from "../../tensor/empty.ts";', []],
    ["src/wgsl/relu/relu.ts", 'import { add } from "../add/add.ts";', []],
    ["src/wgsl/relu/relu.ts", 'import { Linear } from "../../nn/linear.ts";', ["layers"]],
    ["src/wgsl/relu/relu.ts", 'import { Random } from "../../data/random.ts";', ["layers"]],
    ["src/wgsl/relu/relu.ts", 'const x = await import("../../nn/linear.ts");', ["layers"]],
    ["src/wgsl/mod.ts", 'export * from "../nn/linear.ts";', ["layers"]],
    ["src/wgsl/mod.ts", 'export { Linear } from "../nn/linear.ts";', ["layers"]],
    ["src/wgsl/mod.ts", 'export { relu } from "./relu/relu.ts";', []],
    ["src/tensor/tensor.ts", 'import type { Device } from "../gpu/device.ts";', []],
    ["src/gpu/device.ts", 'import { Tensor } from "../tensor/tensor.ts";', ["layers"]],
    ["src/crf/crf.ts", 'import { Net } from "../models/net.ts";', ["layers"]],
    ["src/scpp/static.ts", 'import { crf } from "../crf/crf.ts";', []],
    ["src/scpp/static.ts", 'import { cam } from "../cam/cam.ts";', ["layers"]],
    ["src/commands/mod.ts", 'import { demo } from "./demo.ts";', []],
    ["src/commands/mod.ts", 'import { train } from "../scpp/static.ts";', []],
    ["src/scpp/static.ts", 'import { commands } from "../commands/mod.ts";', ["layers"]],
    ["cli.ts", 'import { commands } from "./src/commands/mod.ts";', []],
    ["src/options/command.ts", 'import { main } from "../../cli.ts";', ["layers"]],
  ],
  "data, eval and weights need no GPU": [
    ["src/eval/iou.ts", 'import { InputError } from "../files/error.ts";', []],
    ["src/eval/iou.ts", 'import { Tensor } from "../tensor/tensor.ts";', ["layers"]],
    ["src/data/sets/voc.ts", 'import { iou } from "../../eval/iou.ts";', ["layers"]],
    ["src/data/cam.ts", 'import { readNpy } from "../weights/npy.ts";', []],
    ["src/weights/npy.ts", 'import { iou } from "../eval/iou.ts";', ["layers"]],
  ],
  "tests import what they must": [
    ["src/wgsl/relu/relu_test.ts", 'import { backward } from "../../nn/backward.ts";', []],
  ],
  "only src/wgsl imports shaders": [
    ["src/wgsl/relu/relu.ts", 'import code from "./relu.wgsl" with { type: "text" };', []],
    ["src/crf/crf.ts", 'import code from "./crf.wgsl" with { type: "text" };', ["shaders"]],
  ],
  "only src/gpu speaks WebGPU": [
    ["src/gpu/device.ts", "let x: GPUBuffer;", []],
    ["src/tensor/tensor.ts", "let x: GPUBuffer;", []],
    ["src/tensor/empty.ts", "let x: GPUBuffer;", ["webgpu"]],
    ["src/nn/linear.ts", "x(GPUBufferUsage.STORAGE);", ["webgpu"]],
    ["src/nn/linear.ts", "navigator.gpu.requestAdapter();", ["webgpu"]],
  ],
  "only cli.ts prints, reads arguments and exits": [
    ["cli.ts", "console.log(Deno.args); Deno.exit(1);", []],
    ["src/nn/linear.ts", "console.log(1);", ["terminal"]],
    ["src/commands/crf.ts", "x(Deno.args); Deno.exit(1);", ["terminal", "terminal"]],
    ["src/nn/linear_test.ts", "console.log(1);", []],
    ["tools/setup.ts", "console.log(Deno.args); Deno.exit(1);", []],
  ],
  "only src/files and named files use Deno and Node": [
    ["src/files/read_bytes.ts", "await Deno.readFile(path);", []],
    ["src/commands/crf.ts", 'import process from "node:process";', []],
    ["src/weights/download.ts", 'import { createHash } from "node:crypto";', []],
    ["src/weights/zip.ts", 'import { crc32 } from "node:zlib";', ["system"]],
    ["src/weights/zip.ts", 'await import("node:zlib");', ["system"]],
    ["src/data/images/png.ts", "await Deno.readFile(path);", ["system"]],
    ["src/data/images/png.ts", "const { readFile } = Deno;", ["system"]],
    ["src/gpu/open_adapter.ts", "const x = host.Deno !== undefined;", []],
    ["src/data/images/png_test.ts", "await Deno.readFile(path);", []],
  ],
  "only src/data/random.ts makes random numbers": [
    ["src/data/random.ts", "Math.random();", []],
    ["src/nn/init.ts", "Math.random();", ["random"]],
    ["src/nn/init_test.ts", "crypto.getRandomValues(x);", ["random"]],
    ["src/nn/init.ts", "random.uniform();", []],
  ],
};

for (const [name, rows] of Object.entries(cases)) {
  Deno.test(name, () => {
    const found: Case[] = rows.map(([path, source]) => [path, source, broken(path, source)]);
    assertEquals(found, rows);
  });
}
