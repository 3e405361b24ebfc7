import { assert, assertEquals, assertThrows } from "@std/assert";
import * as jitter from "./color_jitter.ts";
import { Random } from "../random.ts";

const colours = [255, 0, 0, 10, 200, 30, 120, 130, 250, 77, 77, 77];

function applied(adjust: (data: Uint8Array, by: number) => void, by: number): number[] {
  const data = Uint8Array.from(colours);
  adjust(data, by);
  return [...data];
}

Deno.test("adjustBrightness() multiplies and clamps", () => {
  assertEquals(applied(jitter.adjustBrightness, 1.3).slice(0, 6), [255, 0, 0, 13, 255, 39]);
  assertEquals(applied(jitter.adjustBrightness, 0), colours.map(() => 0));
});

Deno.test("adjustContrast() moves away from the mean grey", () => {
  // Greys 76.2195, 123.809, 140.678, 76.9923: mean 104.4247.
  assertEquals(applied(jitter.adjustContrast, 0), colours.map(() => 104));
  assertEquals(applied(jitter.adjustContrast, 0.5).slice(0, 3), [180, 52, 52]);
  assertEquals(applied(jitter.adjustContrast, 1), colours);
});

Deno.test("adjustSaturation() moves away from the pixel's grey and leaves greys alone", () => {
  assertEquals(applied(jitter.adjustSaturation, 0).slice(0, 6), [76, 76, 76, 124, 124, 124]);
  assertEquals(applied(jitter.adjustSaturation, 1.5).slice(9), [77, 77, 77]);
  assertEquals(applied(jitter.adjustSaturation, 1), colours);
});

Deno.test("shiftHue() turns the circle: by thirds it permutes the channels, by halves the sixths", () => {
  const [r, g, b] = [10, 200, 30];
  assertEquals(applied(jitter.shiftHue, 1 / 3).slice(3, 6), [b, r, g]);
  assertEquals(applied(jitter.shiftHue, -1 / 3).slice(3, 6), [g, b, r]);
  assertEquals(applied(jitter.shiftHue, 1 / 3).slice(0, 3), [0, 255, 0]);
  assertEquals(applied(jitter.shiftHue, 1 / 6).slice(0, 3), [255, 255, 0]);
  assertEquals(applied(jitter.shiftHue, 0.5).slice(0, 3), [0, 255, 255]);
  assertEquals(applied(jitter.shiftHue, 0), colours);
  assertEquals(applied(jitter.shiftHue, 0.3).slice(9), [77, 77, 77]);
});

Deno.test("jitterColors() varies by seed within its reach and with a reach of 0 does nothing", () => {
  const image = { width: 2, height: 2, data: Uint8Array.from(colours) };
  const none = { brightness: 0, contrast: 0, saturation: 0, hue: 0 };
  assertEquals(jitter.jitterColors(new Random(1), image, none), image);
  const grey = { width: 1, height: 1, data: Uint8Array.of(100, 100, 100) };
  const seen = new Set<number>();
  for (let seed = 0; seed < 300; seed++) {
    const { data } = jitter.jitterColors(new Random(seed), grey, jitter.standardJitter);
    assert(data[0] >= 70 && data[0] <= 130 && data[0] === data[1] && data[1] === data[2]);
    seen.add(data[0]);
  }
  assert(seen.size > 50);
  assertThrows(
    () => jitter.jitterColors(new Random(1), image, { ...none, hue: 0.6 }),
    RangeError,
    "hue",
  );
});
