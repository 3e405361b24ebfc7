import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Device } from "../gpu/mod.ts";
import { read, readIndices, type Tensor, tensor } from "../tensor/mod.ts";
import { parseSafetensors } from "../weights/safetensors.ts";
import { changeLoss, collapseFlags, difference, integrate } from "./mod.ts";

const path = new URL("../../../shared/golden/scpp.safetensors", import.meta.url);
const missing = !exists(path);
if (missing) console.warn(`golden masks are not tested: no file ${path.pathname}`);

const { tensors, metadata } = missing
  ? { tensors: new Map(), metadata: {} as Record<string, string> }
  : parseSafetensors(Deno.readFileSync(path), "golden");
const values = (name: string): Float32Array => tensors.get(name)!.data;

Deno.test(
  { name: "flags and refined masks are as the authors' code's", ignore: missing },
  async () => {
    using device = await Device.open();
    const { knowledge, advice, flags, changes } = given(device);
    assertEquals([...await read(flags)], [...values("out.exclude_flags")]);
    const refined = integrate(knowledge, advice, changes.knowledge, changes.advice, flags, {
      difference: Number(metadata.dd_bias),
      background: Number(metadata.bg_bias),
    });
    assertEquals([...await readIndices(refined)], [...values("out.refined")]);
  },
);

Deno.test({ name: "change losses are as the authors' code's", ignore: missing }, async () => {
  using device = await Device.open();
  const { knowledge, advice, flags, changes } = given(device);
  const target = difference(knowledge, advice);
  for (const from of ["knowledge", "advice"] as const) {
    const [loss] = await read(changeLoss(changes[from], target, { exclude: flags }));
    const [wanted] = values(`out.loss_${from}`);
    assertAlmostEquals(loss, wanted, 1e-4 * wanted);
  }
});

function given(device: Device) {
  const mask = (name: string) => tensor(device, Uint32Array.from(values(name)), shapeOf(name));
  const floats = (name: string): Tensor =>
    tensor(device, Float32Array.from(values(name)), shapeOf(name));
  const [knowledge, advice] = [mask("in.knowledge"), mask("in.advice")];
  const flags = collapseFlags(knowledge, advice, floats("in.image_labels"), {
    threshold: Number(metadata.threshold),
  });
  const changes = {
    knowledge: floats("out.change_logits_knowledge"),
    advice: floats("out.change_logits_advice"),
  };
  return { knowledge, advice, flags, changes };
}

function shapeOf(name: string): readonly number[] {
  return tensors.get(name)!.shape;
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
