/**
 * Times the dense CRF: `deno run -A bench/crf.ts [FOLDER OF PHOTOGRAPHS] [WIDTHxHEIGHT]`.
 *
 * Without a folder it takes a picture of random patches. Times are minima over several runs, warm.
 */
import { DenseCrf } from "../src/crf/mod.ts";
import { type Image, readImage } from "../src/data/image.ts";
import { Random } from "../src/data/random.ts";
import { Device } from "../src/gpu/mod.ts";

const [folder, size = "500x375"] = Deno.args;
const [width, height] = size.split("x").map(Number);
const photographs = folder ? await photographsIn(folder, 1) : [patches()];
const runs = 4;

using device = await Device.open();
console.log(`${device.description}, ${width}x${height}, ${photographs.length} photographs`);
console.log("labels iterations  total ms  build ms  ms an iteration  images/s  peak MB");
for (const labels of [3, 5, 21]) {
  for (const iterations of [3, 10]) {
    device.pool.peak = 0;
    const total = await time(labels, iterations);
    const build = await time(labels, 0);
    const each = (total - build) / iterations;
    console.log(
      `${labels}`.padStart(6) + `${iterations}`.padStart(11) + total.toFixed(0).padStart(10) +
        build.toFixed(0).padStart(10) + each.toFixed(1).padStart(17) +
        (1000 / total).toFixed(1).padStart(10) + (device.pool.peak / 1e6).toFixed(0).padStart(9),
    );
  }
}
await profile();

/** The least time of one photograph, averaged over the photographs. */
async function time(labels: number, iterations: number): Promise<number> {
  using crf = new DenseCrf(device, { iterations });
  const unary = energies(labels);
  let sum = 0;
  for (const image of photographs) {
    let least = Infinity;
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await crf.labels(image, unary);
      if (run > 0) least = Math.min(least, performance.now() - start);
    }
    sum += least;
  }
  return sum / photographs.length;
}

/** What each kernel takes for one photograph. */
async function profile(): Promise<void> {
  using timed = await Device.open({ profile: true });
  for (const labels of [3, 21]) {
    using crf = new DenseCrf(timed);
    const unary = energies(labels);
    await crf.labels(photographs[0], unary);
    await timed.profile();
    await crf.labels(photographs[0], unary);
    console.log(`\n${labels} labels, 10 iterations: kernel, dispatches, ms`);
    let sum = 0;
    for (const { name, count, nanoseconds } of await timed.profile()) {
      sum += nanoseconds / 1e6;
      console.log(
        name.padEnd(22) + `${count}`.padStart(5) + (nanoseconds / 1e6).toFixed(1).padStart(8),
      );
    }
    console.log("all".padEnd(27) + sum.toFixed(1).padStart(8));
  }
}

/** A grid of certain labels with noise. */
function energies(labels: number): Float32Array<ArrayBuffer> {
  const random = new Random(labels);
  const unary = new Float32Array(labels * width * height);
  for (let i = 0; i < unary.length; i++) {
    const p = i % (width * height);
    const patch = Math.floor(p % width / 50) + 3 * Math.floor(p / width / 60);
    unary[i] = (Math.floor(i / (width * height)) === patch % labels ? 0.5 : 3) + random.next();
  }
  return unary;
}

function patches(): Image {
  const random = new Random(1);
  const colors = Uint8Array.from({ length: 300 }, () => random.integer(220));
  const data = new Uint8Array(3 * width * height);
  for (let p = 0; p < width * height; p++) {
    const patch = Math.floor(p % width / 37) + 10 * Math.floor(p / width / 41);
    for (let c = 0; c < 3; c++) data[3 * p + c] = colors[patch % 100 * 3 + c] + random.integer(30);
  }
  return { width, height, data };
}

async function photographsIn(path: string, count: number): Promise<Image[]> {
  const images: Image[] = [];
  for (const { name } of [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (images.length === count) break;
    const image = await readImage(`${path}/${name}`);
    if (image.width === width && image.height === height) images.push(image);
  }
  if (images.length === 0) throw new Error(`${path} has no photograph of ${width}x${height}`);
  return images;
}
