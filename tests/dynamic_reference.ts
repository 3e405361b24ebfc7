import { latticeFilter, referenceCrf } from "./crf_reference.ts";

/** What the step of dynamic refinement is given, on the CPU; masks `[n,h,w]`, maps `[n,c,h,w]`. */
export interface ReferenceStep {
  /** Images, classes, rows, columns. */
  readonly shape: readonly [n: number, c: number, h: number, w: number];
  /** Scores of the main branch. */
  readonly main: Float32Array;
  /** Scores of the sub branch. */
  readonly sub: Float32Array;
  /** The scores that give m^r. */
  readonly output: Float32Array;
  /** m^o. */
  readonly certain?: Uint32Array;
  readonly seed: Uint32Array;
  /** 0 to 255, `[n,3,h,w]`. */
  readonly picture: Float32Array;
  /** Foreground classes of each image. */
  readonly labels: readonly (readonly number[])[];
  /** The change logits that a predictor gives for a mask. */
  readonly predict: (module: "first" | "second", mask: Uint32Array) => Promise<Float32Array>;
  /** Biases dd_bias and bg_bias of the two modules. */
  readonly biases: readonly [first: readonly [number, number], second: readonly [number, number]];
  /** f. */
  readonly flagWeight: number;
  /** The reading of the second module's target. */
  readonly secondTarget: "code" | "r0-vs-sub" | "r0-vs-seed";
  /** How the second module balances. */
  readonly secondBalance: "batch" | "image" | "plain";
  /** Which images the first change loss leaves out. */
  readonly exclude: "any" | "all";
  /** Share of r1 in what is learnt. */
  readonly refinedShare: number;
}

/** What the step computes of them. */
export interface ReferenceResult {
  readonly masks: Readonly<Record<"mr" | "ms" | "a1" | "r0" | "r1", Uint32Array>>;
  readonly segmentation: number;
  readonly change: number;
  /** The images that the first change loss leaves out. */
  readonly excluded: readonly boolean[];
}

/** One step of dynamic refinement in plain loops over float64 (METHOD of Shimoda & Yanai's code). */
export async function referenceStep(step: ReferenceStep): Promise<ReferenceResult> {
  const { shape: [n, c, h, w], labels, seed } = step;
  const area = h * w;
  const present = labels.map((own) => [0, ...own]);
  const best = (x: Float32Array) =>
    each(n * area, (i) => {
      const [image, u] = [Math.floor(i / area), i % area];
      return present[image].reduce((a, b) =>
        x[(image * c + b) * area + u] > x[(image * c + a) * area + u] ? b : a
      );
    });
  const [mr, ms] = [best(step.output), best(step.sub)];
  const a1 = crfOf(step, present);
  const flagged = (K: Uint32Array, A: Uint32Array) =>
    labels.map((own, image) => {
      const count = (m: Uint32Array, k: number) =>
        m.subarray(image * area, (image + 1) * area).filter((v) => v === k).length;
      return own.filter((k) => count(A, k) / Math.max(count(K, k), 1) < 0.5);
    });
  const sure = (mask: Uint32Array) =>
    each(mask.length, (u) => (step.certain?.[u] ?? 255) === 255 ? mask[u] : step.certain![u]);
  const choose = async (module: "first" | "second", K: Uint32Array, A: Uint32Array) => {
    const [dK, dA] = [await step.predict(module, K), await step.predict(module, A)];
    const [dd, bg] = step.biases[module === "first" ? 0 : 1];
    const flags = flagged(sure(K), sure(A));
    const refined = each(K.length, (u) => {
      const own = flags[Math.floor(u / area)];
      const weight = sigmoid(dK[u]) - sigmoid(dA[u]) + dd - bg * Number(K[u] === 0) +
        bg * Number(A[u] === 0) +
        step.flagWeight * (Number(own.includes(A[u])) - Number(own.includes(K[u])));
      return weight >= 0 ? A[u] : K[u];
    });
    return { refined, dK, dA, flags };
  };
  const { refined: r0, flags, ...d0 } = await choose("first", mr, a1);
  const { refined: r1, ...d1 } = await choose("second", seed, r0);
  const isSure = (u: number) => step.certain !== undefined && step.certain[u] !== 255;
  /** Where a mask differs from another, and where it is wrong of what is certain; there it is `seen`. */
  const differ = (a: Uint32Array, b: Uint32Array, seen = a) =>
    Array.from(a, (v, u) => isSure(u) ? seen[u] !== step.certain![u] : v !== b[u]);
  const excluded = flags.map((own, image) =>
    step.exclude === "any" ? own.length > 0 : own.length === labels[image].length
  );
  const kept = excluded.flatMap((out, image) => out ? [] : [image]);
  const first = (z: Float32Array, y: boolean[]) => {
    return kept.reduce((sum, image) => sum + balanced(z, y, [image], area) / kept.length, 0);
  };
  const all = labels.map((_, image) => image);
  const second = (z: Float32Array, y: boolean[]) => {
    if (step.secondBalance === "batch") return balanced(z, y, all, area);
    if (step.secondBalance === "image") {
      return all.reduce((sum, image) => sum + balanced(z, y, [image], area) / n, 0);
    }
    return y.reduce((sum, v, u) => sum + logLoss(z[u], v) / y.length, 0);
  };
  const target = {
    "code": differ(r1, ms, r0),
    "r0-vs-sub": differ(r0, ms),
    "r0-vs-seed": differ(r0, seed),
  };
  const change =
    (first(d0.dK, differ(mr, a1)) + first(d0.dA, differ(a1, mr)) + second(d1.dK, differ(seed, ms)) +
      second(d1.dA, target[step.secondTarget])) / 4;
  const learn = (z: Float32Array, mask: Uint32Array) => crossEntropy(z, sure(mask), c, area);
  const mixed = (z: Float32Array) =>
    step.refinedShare * learn(z, r1) + (1 - step.refinedShare) * learn(z, seed);
  const segmentation = mixed(step.main) + 0.5 * learn(step.sub, seed) + 0.5 * mixed(step.sub);
  return { masks: { mr, ms, a1, r0, r1 }, segmentation, change, excluded };
}

/** The most probable class of each image's own CRF, on the classes it shows. */
function crfOf(
  { shape: [n, c, height, width], output, picture }: ReferenceStep,
  present: readonly (readonly number[])[],
): Uint32Array {
  const area = height * width;
  const result = new Uint32Array(n * area);
  for (let image = 0; image < n; image++) {
    const own = present[image];
    const unary = new Float32Array(own.length * area);
    const colours = new Float64Array(3 * area);
    for (let u = 0; u < area; u++) {
      const at = (k: number) => output[(image * c + k) * area + u];
      let sum = 0;
      for (let k = 0; k < c; k++) sum += Math.exp(at(k));
      own.forEach((k, s) => {
        unary[s * area + u] = -Math.log(Math.max(Math.exp(at(k)) / sum, 1e-5));
      });
      for (let k = 0; k < 3; k++) colours[3 * u + k] = picture[(3 * image + k) * area + u];
    }
    const terms = [
      { sxy: [3, 3] as const, srgb: [], compat: 3 },
      { sxy: [80, 80] as const, srgb: [13, 13, 13], compat: 10 },
    ];
    const q = referenceCrf(
      { width, height, image: colours, unary, terms, iterations: 3, normalisation: "symmetric" },
      latticeFilter,
    );
    for (let u = 0; u < area; u++) {
      let top = 0;
      own.forEach((_, s) => top = q[s * area + u] > q[top * area + u] ? s : top);
      result[image * area + u] = own[top];
    }
  }
  return result;
}

/** The mean over unchanged and that over changed pixels of some images, averaged. */
function balanced(z: Float32Array, y: boolean[], images: readonly number[], area: number): number {
  const half = (label: boolean) => {
    let [sum, count] = [0, 0];
    for (const image of images) {
      for (let u = image * area; u < (image + 1) * area; u++) {
        if (y[u] !== label) continue;
        sum += logLoss(z[u], label);
        count++;
      }
    }
    return count ? sum / count : 0;
  };
  return (half(false) + half(true)) / 2;
}

function crossEntropy(z: Float32Array, mask: Uint32Array, c: number, area: number): number {
  let [sum, count] = [0, 0];
  mask.forEach((label, i) => {
    if (label >= c) return;
    const at = (k: number) => z[(Math.floor(i / area) * c + k) * area + i % area];
    let total = 0;
    for (let k = 0; k < c; k++) total += Math.exp(at(k));
    sum += Math.log(total) - at(label);
    count++;
  });
  return sum / count;
}

function each(length: number, value: (i: number) => number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => value(i));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logLoss(z: number, changed: boolean): number {
  return Math.log1p(Math.exp(changed ? -z : z));
}
