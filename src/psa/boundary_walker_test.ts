// A checkpoint with the names of IRN's, of few channels, against plain loops on the maps of its encoder.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pairList } from "../../tests/affinity_reference.ts";
import { assertNear, values } from "../../tests/check_op.ts";
import { device, inFolder, message } from "../../tests/training.ts";
import type { Image } from "../data/images/image.ts";
import { Random } from "../data/random.ts";
import { buildBackbone } from "../models/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { type EncoderFile, encoderShape, readEncoder } from "../weights/encoder_file.ts";
import { type Entry, entry } from "../weights/entry.ts";
import { writePth } from "../weights/write_pth.ts";
import { boundaryWalker } from "./boundary_walker.ts";
import { gridOf } from "./grid.ts";

const WIDTH = 8;
const CHANNELS = [64, 64, 128, 256, 512];
/** Side of what the encoder sees here: IRN's 512 would take sixteen times as long. */
const SEEN = 128;
const SIDES = [32, 32, 16, 8, 8];

async function checkpoint(): Promise<Map<string, Entry>> {
  const file = new Map<string, Entry>();
  using own = await buildBackbone(device, { network: "resnet18", stem: true }, new Random(4));
  for (const [name, tensor] of own.tensors) {
    file.set(`resnet50.${name}`, entry(tensor.shape, await read(tensor)));
  }
  const made = (name: string, shape: number[], middle = 0, scale = 1) => {
    const size = shape.reduce((a, b) => a * b);
    file.set(
      name,
      entry(shape, values(size, name.length + file.size).map((v) => middle + scale * v)),
    );
  };
  CHANNELS.forEach((channels, i) => {
    made(`fc_edge${i + 1}.0.weight`, [WIDTH, channels, 1, 1], 0, 0.1);
    made(`fc_edge${i + 1}.1.weight`, [WIDTH], 1, 0.5);
    made(`fc_edge${i + 1}.1.bias`, [WIDTH], 0, 0.5);
  });
  made("fc_edge6.weight", [1, 5 * WIDTH, 1, 1], 0, 0.3);
  made("fc_edge6.bias", [1], 2.4, 0.1); // the middle of what the layer gives
  made("mean_shift.running_mean", [2]);
  return file;
}

/** Logits of boundaries of what the encoder sees, in float64. */
function logits(file: Map<string, Entry>, maps: readonly Float32Array[]): Float64Array {
  const at = (name: string) => file.get(name)!.data as Float32Array;
  const side = SIDES[0];
  const y = new Float64Array(side ** 2).fill(at("fc_edge6.bias")[0]);
  maps.forEach((map, k) => {
    const [channels, own] = [CHANNELS[k], SIDES[k]];
    const [conv, weight, bias] = ["0.weight", "1.weight", "1.bias"].map((part) =>
      at(`fc_edge${k + 1}.${part}`)
    );
    const reduced = new Float64Array(WIDTH * own ** 2);
    for (let o = 0; o < WIDTH; o++) {
      for (let c = 0; c < channels; c++) {
        const w = conv[o * channels + c];
        for (let u = 0; u < own ** 2; u++) reduced[o * own ** 2 + u] += w * map[c * own ** 2 + u];
      }
    }
    const each = reduced.length / 4;
    for (let start = 0; start < reduced.length; start += each) {
      const group = reduced.subarray(start, start + each);
      const mean = group.reduce((sum, v) => sum + v, 0) / each;
      const variance = group.reduce((sum, v) => sum + (v - mean) ** 2, 0) / each;
      group.forEach((v, i) => {
        const channel = Math.floor((start + i) / own ** 2);
        group[i] = (v - mean) / Math.sqrt(variance + 1e-5) * weight[channel] + bias[channel];
      });
    }
    const source = (i: number) => {
      const position = Math.max(0, (i + 0.5) * own / side - 0.5);
      const low = Math.floor(position);
      return [low, Math.min(own - 1, low + 1), position - low];
    };
    for (let o = 0; o < WIDTH; o++) {
      const mixed = at("fc_edge6.weight")[k * WIDTH + o];
      const value = (i: number, j: number) => reduced[(o * own + i) * own + j];
      for (let i = 0; i < side; i++) {
        const [top, bottom, t] = source(i);
        for (let j = 0; j < side; j++) {
          const [left, right, s] = source(j);
          const above = value(top, left) * (1 - s) + value(top, right) * s;
          const below = value(bottom, left) * (1 - s) + value(bottom, right) * s;
          y[i * side + j] += mixed * Math.max(0, above * (1 - t) + below * t);
        }
      }
    }
  });
  return y;
}

/** Steps of a walk from the edge probabilities of a grid, by a list of pairs. */
function walked(
  b: Float64Array,
  h: number,
  w: number,
  scores: Float64Array,
  beta: number,
  steps: number,
) {
  const shares: [from: number, to: number, a: number][] = [];
  for (let i = 0; i < h * w; i++) shares.push([i, i, 1]);
  for (const { from, to } of pairList(h, w, 5, true)) {
    if (to < 0) continue;
    const [ax, ay, bx, by] = [from % w, Math.floor(from / w), to % w, Math.floor(to / w)];
    let highest = 0;
    for (let y = ay; y <= by; y++) {
      for (let x = Math.min(ax, bx); x <= Math.max(ax, bx); x++) {
        const off = Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax));
        if (off ** 2 < (bx - ax) ** 2 + (by - ay) ** 2) highest = Math.max(highest, b[y * w + x]);
      }
    }
    const a = (1 - highest) ** beta;
    shares.push([from, to, a], [to, from, a]);
  }
  const sums = new Float64Array(h * w);
  for (const [, to, a] of shares) sums[to] += a;
  let x = scores;
  for (let step = 0; step < steps; step++) {
    const next = new Float64Array(x.length);
    for (const [from, to, a] of shares) {
      for (let p = 0; p < x.length; p += h * w) next[p + to] += x[p + from] * a / sums[to];
    }
    x = next;
  }
  return x;
}

Deno.test("scores walk over IRN's class boundaries as in plain loops", () =>
  inFolder(async (at) => {
    const [width, height] = [45, 30]; // no whole cells
    const image: Image = {
      ...{ width, height },
      data: Uint8Array.from(values(width * height * 3, 6), (v) => Math.round(127 + 127 * v)),
    };
    const area = width * height;
    const scores = values(3 * area, 7).map((v) => 0.5 + 0.5 * v);
    const [columns, rows] = [12, 8];
    const path = at("res50_irn.pth");
    const file = await checkpoint();
    await writePth(path, file);
    const encoder = await readEncoder(path);
    assertEquals(encoder.heads.boundaries, WIDTH);
    const shape = encoderShape(encoder);
    using walker = await boundaryWalker(device, encoder, shape);
    const { view: { crop } } = gridOf(image, walker);
    assertEquals(crop, { x: 0, y: 0, width: 512, height: 512 });
    const grid = gridOf(image, { ...walker, least: SEEN });
    assertEquals([grid.width, grid.height], [columns, rows]);
    const options = { beta: 3, logSteps: 2, radius: 5, background: 0.3 };
    const got = await walker.walk(image, { classes: [0, 4, 7], scores }, grid, options);

    // The maps of the encoder are right: its own tests say so.
    const plain = { network: "resnet18", dilate: false, outputStride: 16, stem: true } as const;
    using own = await buildBackbone(device, { ...plain, weights: path }, new Random(2));
    const both: Float64Array[] = [];
    for (const flip of [false, true]) {
      using _scope = device.scope();
      const seen = new Float32Array(3 * SEEN ** 2);
      for (let c = 0; c < 3; c++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const from = y * width + (flip ? width - 1 - x : x);
            const mean = [0.485, 0.456, 0.406][c];
            const deviation = [0.229, 0.224, 0.225][c];
            seen[(c * SEEN + y) * SEEN + x] = (image.data[3 * from + c] / 255 - mean) / deviation;
          }
        }
      }
      const maps = own.encode(tensor(device, seen, [1, 3, SEEN, SEEN]), "infer");
      assertEquals(maps.map((map) => map.shape[1]), CHANNELS);
      assertEquals(maps.map((map) => map.shape[2]), SIDES);
      both.push(logits(file, await Promise.all(maps.map((map) => read(map)))));
    }
    const b = Float64Array.from({ length: rows * columns }, (_, i) => {
      const [y, x] = [Math.floor(i / columns), i % columns];
      const sum = both[0][y * SIDES[0] + x] + both[1][y * SIDES[0] + columns - 1 - x];
      return 1 / (1 + Math.exp(-sum / 2));
    });
    assert(Math.max(...b) - Math.min(...b) > 0.3, "boundaries that differ");
    const inside = new Float64Array(2 * rows * columns);
    for (let k = 0; k < 2; k++) {
      for (let i = 0; i < rows * columns; i++) {
        let sum = 0;
        for (let u = 0; u < 16; u++) {
          const y = 4 * Math.floor(i / columns) + Math.floor(u / 4);
          const x = 4 * (i % columns) + u % 4;
          if (y < height && x < width) sum += scores[(k + 1) * area + y * width + x];
        }
        inside[k * rows * columns + i] = sum / 16 * (1 - b[i]);
      }
    }
    const wanted = walked(b, rows, columns, inside, 3, 4);
    let highest = 0;
    for (let k = 0; k < 2; k++) {
      const value = (i: number, j: number) => wanted[(k * rows + i) * columns + j];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [v, u] = [Math.max(0, (y + 0.5) / 4 - 0.5), Math.max(0, (x + 0.5) / 4 - 0.5)];
          const [i, j] = [Math.floor(v), Math.floor(u)];
          const [i2, j2] = [Math.min(rows - 1, i + 1), Math.min(columns - 1, j + 1)];
          const above = value(i, j) * (1 - u + j) + value(i, j2) * (u - j);
          const below = value(i2, j) * (1 - u + j) + value(i2, j2) * (u - j);
          highest = Math.max(highest, above * (1 - v + i) + below * (v - i));
        }
      }
    }
    const expected = [...Array(rows * columns).fill(0.3), ...wanted.map((v) => v / highest)];
    assertNear(got, expected, 1e-3);

    const nothing = await walker.walk(image, { classes: [0], scores }, grid, options);
    assertEquals(nothing, new Float32Array(rows * columns).fill(1));

    const refused = async (more: Partial<EncoderFile>) =>
      await message(boundaryWalker(device, { ...encoder, ...more }, shape));
    const six = { ...encoder.heads, boundaries: 6 };
    assertStringIncludes(await refused({ heads: six }), "fc_edge1 has 6 channels");
    file.delete("fc_edge4.1.bias");
    await writePth(path, file);
    assertStringIncludes(await refused({}), 'no tensor "fc_edge4.1.bias"');
  }));
