import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Golden } from "../../tests/golden.ts";
import { Device } from "../gpu/mod.ts";
import { read, readIndices } from "../tensor/mod.ts";
import { changeLoss, collapseFlags, difference, integrate } from "./mod.ts";

const golden = new Golden("scpp");
const { metadata } = golden;

Deno.test("flags and refined masks are as the authors' code's", async () => {
  using device = await Device.open();
  const { knowledge, advice, flags, changes } = given(device);
  assertEquals([...await read(flags)], [...golden.values("out.exclude_flags")]);
  const refined = integrate(knowledge, advice, changes.knowledge, changes.advice, flags, {
    difference: Number(metadata.dd_bias),
    background: Number(metadata.bg_bias),
  });
  assertEquals([...await readIndices(refined)], [...golden.indices("out.refined")]);
});

Deno.test("change losses are as the authors' code's", async () => {
  using device = await Device.open();
  const { knowledge, advice, flags, changes } = given(device);
  const target = difference(knowledge, advice);
  for (const from of ["knowledge", "advice"] as const) {
    const [loss] = await read(changeLoss(changes[from], target, { exclude: flags }));
    const [wanted] = golden.values(`out.loss_${from}`);
    assertAlmostEquals(loss, wanted, 1e-4 * wanted);
  }
});

function given(device: Device) {
  const of = (name: string) => golden.tensor(device, name);
  const [knowledge, advice] = [of("in.knowledge"), of("in.advice")];
  const flags = collapseFlags(knowledge, advice, of("in.image_labels"), {
    threshold: Number(metadata.threshold),
  });
  const changes = {
    knowledge: of("out.change_logits_knowledge"),
    advice: of("out.change_logits_advice"),
  };
  return { knowledge, advice, flags, changes };
}
