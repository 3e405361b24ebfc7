import { assert, assertEquals } from "@std/assert";
import { assertNear, onBothKernels } from "../../tests/check_op.ts";
import { Random } from "../data/random.ts";
import { resizeMaps } from "../data/images/resize.ts";
import type { Device } from "../gpu/mod.ts";
import { Classifier } from "../models/mod.ts";
import { releaseState } from "../nn/mod.ts";
import { read } from "../tensor/mod.ts";
import { avgPool } from "../wgsl/mod.ts";
import { activationMaps } from "./activation.ts";
import type { Planes } from "../training/upload.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";

const GRID = { width: 9, height: 7 };

/** A network whose features are the photograph at half its side, and how large its batches were. */
function network(device: Device): { network: ClassifierNetwork; batches: number[] } {
  const classifier = new Classifier(device, { channels: 3, classes: 5 }, new Random("classifier"));
  const batches: number[] = [];
  const features: ClassifierNetwork["features"] = (x) => {
    batches.push(x.shape[0]);
    return avgPool(x, { size: 2 });
  };
  return { network: { classifier, features } as unknown as ClassifierNetwork, batches };
}

/** Noise, the left half brighter than the right, so that mirror images differ. */
function scaled(width: number, height: number): Planes {
  const random = new Random(`${width} x ${height}`);
  const bright = (u: number) => u % width < width / 2 ? 1 : -0.5;
  const planes = Float32Array.from(
    { length: 3 * width * height },
    (_, u) => bright(u) + random.uniform(-1, 1),
  );
  return { width, height, planes };
}

function flipped({ planes, width, height }: Planes): Planes {
  const turned = planes.map((_, u) => planes[u - 2 * (u % width) + width - 1]);
  return { planes: turned, width, height };
}

/** max(0, w . features), in plain loops. */
function rawMap({ planes, width, height }: Planes, weights: ArrayLike<number>): Float32Array {
  const [w, h] = [width / 2, height / 2];
  const map = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let c = 0; c < 3; c++) {
        for (let k = 0; k < 4; k++) {
          const at = (c * height + 2 * y + (k >> 1)) * width + 2 * x + k % 2;
          sum += weights[c] * planes[at] / 4;
        }
      }
      map[y * w + x] = Math.max(0, sum);
    }
  }
  return resizeMaps(map, 1, h, w, GRID.height, GRID.width);
}

Deno.test("maps are summed over scales and mirror images, and divided by their maximum", () =>
  onBothKernels(async (device) => {
    const { network: net, batches } = network(device);
    const scales = [scaled(8, 6), scaled(16, 12), scaled(12, 10)];
    const weights = await read(net.classifier.fc8.weight);
    for (const mirror of [false, true]) {
      const found = await activationMaps(net, scales, [2, 4], GRID, mirror);
      assertEquals([...found.keys()], [2, 4]);
      for (const [label, map] of found) {
        const own = weights.subarray(3 * (label - 1), 3 * label);
        const wanted = new Float32Array(GRID.width * GRID.height);
        for (const scale of scales) {
          const straight = rawMap(scale, own);
          const turned = rawMap(flipped(scale), own);
          for (let u = 0; u < wanted.length; u++) {
            const other = u - 2 * (u % GRID.width) + GRID.width - 1;
            wanted[u] += straight[u] + (mirror ? turned[other] : 0);
          }
        }
        const largest = Math.max(...wanted);
        assert(largest > 0.1 && wanted.includes(0), `class ${label} says something`);
        assertEquals([map.width, map.height], [GRID.width, GRID.height]);
        assertNear(map.data, wanted.map((value) => value / (largest + 1e-5)), 1e-5, "map");
      }
    }
    assertEquals(batches, [1, 1, 1, 2, 2, 2], "mirror images pass together");
    releaseState(net.classifier);
  }));

Deno.test("a photograph too large to pass with its mirror image gives the same maps", () =>
  onBothKernels(async (device) => {
    const { network: net, batches } = network(device);
    const large = scaled(1024, 514);
    const [map] = (await activationMaps(net, [large], [1], GRID, true)).values();
    const [turned] = (await activationMaps(net, [flipped(large)], [1], GRID, true)).values();
    assertEquals(batches, [1, 1, 1, 1]);
    const mirrored = turned.data.map((_, u) =>
      turned.data[u - 2 * (u % GRID.width) + GRID.width - 1]
    );
    assertNear(map.data, mirrored, 1e-5, "the mirror image's map in a mirror");
    assert(Math.max(...map.data) > 0.99);
    releaseState(net.classifier);
  }));

Deno.test("a photograph of background alone has no maps", () =>
  onBothKernels(async (device) => {
    const { network: net, batches } = network(device);
    assertEquals((await activationMaps(net, [scaled(8, 6)], [], GRID, true)).size, 0);
    assertEquals(batches, []);
    releaseState(net.classifier);
  }));
