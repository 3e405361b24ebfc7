import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { values } from "../../tests/check_op.ts";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { parameter, read, type Tensor } from "../tensor/mod.ts";
import { encodeState, loadState } from "./checkpoint.ts";

const SHAPES = { "a.weight": [3, 2, 5], "a.bias": [3], "z.bias": [1] };

function tensors(device: Device, seed: number, shapes: Record<string, number[]> = SHAPES) {
  return Object.entries(shapes).map(([path, shape], i): [string, Tensor] => {
    const size = shape.reduce((a, b) => a * b);
    return [path, parameter(device, values(size, seed + i), shape)];
  });
}

const contents = (all: [string, Tensor][]) => Promise.all(all.map(([, x]) => read(x)));

async function inFolder(test: (device: Device, path: string) => Promise<void>): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  try {
    await test(device, join(folder, "state.safetensors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what was saved is loaded bit for bit, with its remarks", () =>
  inFolder(async (device, path) => {
    const [from, to] = [tensors(device, 1), tensors(device, 50)];
    const odd = new Float32Array([-0, 1e-42, 3.4e38]);
    device.write(from[1][1].storage, odd);
    const bytes = await encodeState(from, { step: "7" });
    assertEquals(await encodeState(from, { step: "7" }), bytes, "the same bytes again");
    await Deno.writeFile(path, bytes);
    assertEquals(await loadState(path, to), { step: "7" });
    assertEquals(await contents(to), await contents(from));
    // Some tensors of a file may be loaded alone, as refinement does without the optimiser's.
    const some = tensors(device, 80).slice(1);
    await loadState(path, some);
    assertEquals((await contents(some))[0], odd);
  }));

Deno.test("a file that does not fit is refused by its name, and nothing is overwritten", () =>
  inFolder(async (device, path) => {
    const bytes = await encodeState(tensors(device, 1));
    await Deno.writeFile(path, bytes);
    const refused = async (shapes: Record<string, number[]>, message: string) => {
      const to = tensors(device, 50, shapes);
      const before = await contents(to);
      await assertRejects(() => loadState(path, to), InputError, `Cannot load ${path}: ${message}`);
      assertEquals(await contents(to), before);
    };
    await refused({ ...SHAPES, "b.bias": [2] }, 'it has no tensor "b.bias"');
    await refused({ ...SHAPES, "z.bias": [2] }, '"z.bias" is [1], but the network has [2]. Give');
    for (const length of [0, 7, 40, bytes.length - 1]) {
      await Deno.writeFile(path, bytes.subarray(0, length));
      const to = tensors(device, 50);
      const before = await contents(to);
      await assertRejects(() => loadState(path, to), InputError, `Cannot read ${path}: `);
      assertEquals(await contents(to), before);
    }
    await Deno.remove(path);
    await assertRejects(() => loadState(path, tensors(device, 50)), InputError, path);
  }));

Deno.test("a checkpoint may be nested: what stands before all names is found", () =>
  inFolder(async (device, path) => {
    const from = tensors(device, 1);
    const saved = async (...prefixes: string[]) => {
      const nested = prefixes.flatMap((prefix) =>
        from.map(([name, x]) => [prefix + name, x] as const)
      );
      await Deno.writeFile(path, await encodeState(nested));
    };
    const nests = [
      "state_dict.",
      "model.",
      "state_dict.module.",
      "a.",
      "net.module.encoder.",
      "x.y.",
    ];
    for (const prefix of nests) {
      await saved(prefix);
      const to = tensors(device, 50);
      await loadState(path, to);
      assertEquals(await contents(to), await contents(from), prefix);
    }
    await saved("model.", "model_ema.");
    await loadState(path, tensors(device, 50));
    await saved("encoder_q.", "encoder_k.");
    await assertRejects(
      () => loadState(path, tensors(device, 50)),
      InputError,
      '"encoder_q." and "encoder_k." in it both fit the network',
    );
    await Deno.writeFile(
      path,
      await encodeState(from.slice(1).map(([name, x]) => [`m.${name}`, x])),
    );
    await assertRejects(
      () => loadState(path, tensors(device, 50)),
      InputError,
      'no tensor "a.weight"',
    );
  }));

Deno.test("weights that are not finite are refused", () =>
  inFolder(async (device, path) => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const from = tensors(device, 1);
      device.write(from[1][1].storage, new Float32Array([0, value, 0]));
      await Deno.writeFile(path, await encodeState(from));
      const to = tensors(device, 50);
      const before = await contents(to);
      await assertRejects(
        () => loadState(path, to),
        InputError,
        '"a.bias" has values that are not',
      );
      assertEquals(await contents(to), before);
    }
  }));
