import { assert, assertEquals } from "@std/assert";
import { Random } from "../../data/random.ts";
import { Device } from "../../gpu/mod.ts";
import { EncoderDecoder } from "../../models/mod.ts";
import { Adam, backward, parameters, releaseState } from "../../nn/mod.ts";
import { detach, read, readIndices, type Tensor, tensor } from "../../tensor/mod.ts";
import { argmax } from "../../wgsl/mod.ts";
import type { LossKind } from "../segmentation_loss.ts";
import { uploadLabels } from "../upload.ts";
import { baselines } from "./baselines.ts";

const [N, CLASSES, SIDE, MAP] = [8, 4, 32, 16];
const STEPS = 30;

/** Squares of a class's colour on grey; an image shows one class or two. */
function scenes() {
  const random = new Random("scenes");
  const images = new Float32Array(N * 3 * SIDE * SIDE).map(() => 0.2 * random.next() - 0.1);
  const colours = new Float32Array(N * 3 * MAP * MAP).fill(100);
  const truth = new Uint32Array(N * MAP * MAP);
  const seeds = new Uint32Array(N * MAP * MAP).fill(255);
  const shown = Array.from({ length: N }, (_, n) => n % 4 === 3 ? [1, 3] : [1 + n % 3]);
  const colour = (n: number, x: number, y: number, c: number) => {
    const inside = (side: number, channel: number) => ((n * 3 + channel) * side + y) * side + x;
    for (let channel = 0; channel < 3; channel++) {
      colours[inside(MAP, channel)] = channel === c - 1 ? 240 : 30;
      for (const [dx, dy] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
        const at = ((n * 3 + channel) * SIDE + 2 * y + dy) * SIDE + 2 * x + dx;
        images[at] += channel === c - 1 ? 1.5 : -1.5;
      }
    }
  };
  shown.forEach((own, n) => {
    own.forEach((c, k) => {
      const [left, top] = [1 + 8 * k + n % 2, 3 + n % 3];
      for (let y = top; y < top + 6; y++) {
        for (let x = left; x < left + 6; x++) {
          colour(n, x, y, c);
          truth[(n * MAP + y) * MAP + x] = c;
        }
      }
      for (const y of [top + 2, top + 3]) {
        seeds.fill(c, (n * MAP + y) * MAP + left + 2, (n * MAP + y) * MAP + left + 4);
      }
    });
  });
  truth.forEach((c, u) => c === 0 && u % 5 === 0 && (seeds[u] = 0));
  return { images, colours, truth, seeds, shown };
}

/** Which losses want all classes shown to win somewhere, and how many pixels must then be right. */
const LEAST = {
  mil: { all: true, fits: 0, right: 0 }, // one pixel for each class satisfies it
  size: { all: false, fits: 0.95, right: 0.6 }, // halves of probability do, too
  ccnn: { all: false, fits: 0.95, right: 0.6 },
  "em-fixed": { all: false, fits: 0.95, right: 0 }, // as do classes that fill the image
  "em-adapt": { all: true, fits: 0.95, right: 0.5 },
  sec: { all: true, fits: 0.95, right: 0.8 },
  dsrg: { all: true, fits: 0.95, right: 0.85 },
};

/** What suits the scenes: small objects, and a network that knows nothing at first. */
const OPTIONS = { foregroundLeast: 0.12, backgroundMost: 0.86, lossCrfIterations: 2 };

/** Losses of a training on the scenes, and the masks of the trained network. */
async function learn(device: Device, kind: LossKind): Promise<[number[], Uint32Array]> {
  const { images, colours, seeds, shown } = scenes();
  const network = new EncoderDecoder(
    device,
    { classes: CLASSES, width: 8, depth: 1 },
    new Random(2),
  );
  const optimizer = new Adam([{ parameters: parameters(network) }]);
  const x = tensor(device, images, [N, 3, SIDE, SIDE]);
  const labels = uploadLabels(device, shown, CLASSES);
  const masks = kind.masks ? tensor(device, seeds, [N, MAP, MAP]) : undefined;
  const picture = tensor(device, colours, [N, 3, MAP, MAP]);
  const losses: Tensor[] = [];
  using loss = kind.open(device, CLASSES, OPTIONS);
  const predict = () => network.decode(network.encode(x, "train"), "train").logits;
  for (let step = 0; step < STEPS; step++) {
    using scope = device.scope();
    const input = { logits: predict(), labels, shown, masks, progress: step / STEPS };
    const total = loss.of({ ...input, colours: () => detach(picture) });
    losses.push(detach(total));
    scope.remove(losses[step]);
    optimizer.step(backward(total), 0.02);
  }
  const mask = await readIndices(argmax(predict()));
  const values = await Promise.all(losses.map(async (x) => (await read(x))[0]));
  for (const x of [...losses, ...[...optimizer.state()].map(([, x]) => x)]) x.release();
  releaseState(network);
  return [values, mask];
}

for (const [name, { all, fits, right }] of Object.entries(LEAST)) {
  Deno.test(`${name}: a small network learns masks that agree with the image labels`, async () => {
    using device = await Device.open();
    const { truth, shown } = scenes();
    {
      using _scope = device.scope();
      const [losses, mask] = await learn(device, baselines[name as keyof typeof LEAST]);
      assert(
        losses.at(-1)! < 0.6 * losses[0],
        `the loss went from ${losses[0]} to ${losses.at(-1)}`,
      );
      const image = (u: number) => Math.floor(u / (MAP * MAP));
      const share = (so: (c: number, u: number) => boolean) => mask.filter(so).length / mask.length;
      const fitting = share((c, u) => c === 0 || shown[image(u)].includes(c));
      assert(fitting >= fits, `${fitting} of the pixels are of classes that may be there`);
      const truly = share((c, u) => c === truth[u]);
      assert(truly >= right, `${truly} of the pixels are right`);
      shown.forEach((own, n) => {
        const found = mask.subarray(n * MAP * MAP, (n + 1) * MAP * MAP);
        for (const c of all ? own : []) assert(found.includes(c), `no class ${c} in image ${n}`);
      });
    }
    await device.idle();
    assertEquals(device.pool.live, 0, "memory in use after the training");
  });
}
