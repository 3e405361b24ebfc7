import { assertEquals } from "@std/assert";
import { writeMask } from "../data/masks/mask.ts";
import { shownTruth } from "./shown_truth.ts";

const size = { width: 4, height: 1 };
const mask = (...data: number[]) => ({ ...size, data: Uint8Array.from(data) });

Deno.test("a mask has its IoU under it, whatever classes the truth has, and never fails a picture", async () => {
  const path = await Deno.makeTempFile({ suffix: ".png" });
  const under = async (truth: Parameters<typeof writeMask>[1] | string) => {
    if (typeof truth === "string") await Deno.writeTextFile(path, truth);
    else await writeMask(path, truth);
    const shown = await shownTruth(path, size);
    return [shown.mask(mask(1, 1, 0, 255), "mask").name, ...shown.pictures.map(({ name }) => name)];
  };
  const spaced = (iou: string) => `mask, IoU\u00a0${iou}`;
  // Classes 0 and 1: 1 of 2 and 1 of 2; the mask's void is background.
  assertEquals(await under(mask(1, 0, 0, 255)), [spaced("50.0"), "truth"]);
  // 0: 2 of 2, 1: 1 of 2, 200: 0 of 1, though there may be no class 200.
  assertEquals(await under(mask(1, 200, 0, 0)), [spaced("50.0"), "truth"]);
  assertEquals(await under(mask(255, 255, 255, 255)), [spaced("-"), "truth"]);
  const wide = { width: 2, height: 2, data: new Uint8Array(4) };
  assertEquals(await under(wide), ["mask", "truth: of another size, 2 x 2"]);
  assertEquals(await under("no picture"), ["mask", "truth: cannot be read"]);
  await Deno.remove(path);
  const without = await shownTruth(path, size);
  assertEquals([without.mask(mask(0, 0, 0, 0), "mask").name, without.pictures], ["mask", []]);
});
