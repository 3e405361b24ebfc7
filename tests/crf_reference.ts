/** One kernel of a CRF, for the plain loops of the tests. */
export interface ReferenceTerm {
  /** Standard deviations along x and y. */
  readonly sxy: readonly [number, number];
  /** Standard deviations of the channels. */
  readonly srgb: readonly number[];
  /** Potts weight, or the costs of labels beside each other. */
  readonly compat: number | readonly (readonly number[])[];
}

/** What the plain loops work on. */
export interface ReferenceCrf {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** height x width x channels. */
  readonly image: ArrayLike<number>;
  /** Energies, labels x height x width. */
  readonly unary: Float32Array;
  /** The kernels. */
  readonly terms: readonly ReferenceTerm[];
  /** Mean-field iterations. */
  readonly iterations: number;
  /** As pydensecrf's. */
  readonly normalisation: "none" | "before" | "after" | "symmetric";
}

/** A filter: from one value a pixel to one value a pixel. */
type Filter = (x: Float64Array) => Float64Array;

/** Mean-field inference in float64 by plain loops; `make` makes the filter from the features. */
export function referenceCrf(
  crf: ReferenceCrf,
  make: (features: number[][]) => Filter,
): Float64Array {
  return referenceTrace(crf, make).q;
}

/** As {@linkcode referenceCrf}, with pydensecrf's divergence of each Q from the first on. */
export function referenceTrace(
  crf: ReferenceCrf,
  make: (features: number[][]) => Filter,
): { q: Float64Array; divergences: number[] } {
  const { width, height, image, unary, terms, normalisation } = crf;
  const pixels = width * height;
  const labels = unary.length / pixels;
  const filters = terms.map(({ sxy, srgb }): Filter => {
    const filter = make(Array.from({ length: pixels }, (_, p) => [
      Math.fround(p % width / sxy[0]),
      Math.fround(Math.floor(p / width) / sxy[1]),
      ...srgb.map((s, c) => Math.fround(image[p * image.length / pixels + c] / s)),
    ]));
    const sums = filter(new Float64Array(pixels).fill(1));
    const power = normalisation === "symmetric" ? -0.5 : -1;
    const before = sums.map((n) =>
      ["before", "symmetric"].includes(normalisation) ? n ** power : 1
    );
    const after = sums.map((n) => ["after", "symmetric"].includes(normalisation) ? n ** power : 1);
    return (x) => filter(x.map((v, p) => v * before[p])).map((v, p) => v * after[p]);
  });
  let q = softmax(Float64Array.from(unary, (u) => -u), labels);
  const divergences: number[] = [];
  for (let i = 0; i <= crf.iterations; i++) {
    const pairwise = new Float64Array(q.length);
    for (let b = 0; b < labels; b++) {
      terms.forEach(({ compat }, m) => {
        const filtered = filters[m](q.slice(b * pixels, (b + 1) * pixels));
        for (let a = 0; a < labels; a++) {
          const cost = typeof compat !== "number"
            ? (compat[a][b] + compat[b][a]) / 2
            : a === b
            ? -compat
            : 0;
          filtered.forEach((v, p) => pairwise[a * pixels + p] += cost * v);
        }
      });
    }
    divergences.push(
      q.reduce((sum, v, j) => {
        return sum + v * (Math.log(Math.max(v, 1e-20)) + unary[j] + pairwise[j]);
      }, 0),
    );
    if (i < crf.iterations) q = softmax(pairwise.map((v, j) => -unary[j] - v), labels);
  }
  return { q, divergences };
}

/** sum_u exp(-|f_p - f_u|^2 / 2) x_u. */
export function gaussianFilter(features: number[][]): Filter {
  return (x) =>
    Float64Array.from(features, (f) => {
      let sum = 0;
      features.forEach((g, u) => {
        sum += x[u] * Math.exp(-0.5 * f.reduce((d, v, i) => d + (v - g[i]) ** 2, 0));
      });
      return sum;
    });
}

/** The permutohedral lattice with a table of strings (Adams, Baek and Davis 2010). */
export function latticeFilter(features: number[][]): Filter {
  const d = features[0].length;
  const numbers = new Map<string, number>();
  const keys: number[][] = [];
  const corners = features.map((f) =>
    simplex(f).map(({ key, weight }) => {
      const name = key.join();
      if (!numbers.has(name)) keys.push(key);
      if (!numbers.has(name)) numbers.set(name, numbers.size);
      return { vertex: numbers.get(name)!, weight };
    })
  );
  const neighbour = (key: number[], axis: number, step: number) =>
    numbers.get(key.map((k, i) => k - step + (i === axis ? step * (d + 1) : 0)).join());
  return (x) => {
    let v = new Float64Array(keys.length);
    corners.forEach((list, p) => list.forEach((c) => v[c.vertex] += c.weight * x[p]));
    for (let axis = 0; axis <= d; axis++) {
      v = v.map((own, i) => {
        const [a, b] = [neighbour(keys[i], axis, 1), neighbour(keys[i], axis, -1)];
        return own + 0.5 * ((a === undefined ? 0 : v[a]) + (b === undefined ? 0 : v[b]));
      });
    }
    const alpha = 1 / (1 + 2 ** -d);
    return Float64Array.from(
      corners,
      (list) => alpha * list.reduce((sum, c) => sum + c.weight * v[c.vertex], 0),
    );
  };
}

/** The d+1 corners of the simplex that encloses a point, with all d+1 coordinates of each. */
function simplex(f: number[]): { key: number[]; weight: number }[] {
  const d = f.length;
  const scaled = f.map((v, i) => v * Math.sqrt(2 / 3) * (d + 1) / Math.sqrt((i + 1) * (i + 2)));
  const elevated = Array.from({ length: d + 1 }, (_, j) => {
    const above = scaled.slice(j).reduce((a, b) => a + b, 0);
    return above - (j > 0 ? j * scaled[j - 1] : 0);
  });
  const m = elevated.map((e) => Math.round(e / (d + 1)));
  const sum = m.reduce((a, b) => a + b, 0);
  const away = elevated.map((e, i) => e - m[i] * (d + 1));
  const order = away.map((_, i) => i).sort((a, b) => away[b] - away[a] || a - b);
  const rank = order.map((_, i) => order.indexOf(i) + sum);
  rank.forEach((r, i) => {
    if (r < 0) [rank[i], m[i]] = [r + d + 1, m[i] + 1];
    if (r > d) [rank[i], m[i]] = [r - d - 1, m[i] - 1];
  });
  const weights = new Array(d + 2).fill(0);
  rank.forEach((r, i) => {
    const v = (elevated[i] - m[i] * (d + 1)) / (d + 1);
    weights[d - r] += v;
    weights[d + 1 - r] -= v;
  });
  weights[0] += 1 + weights[d + 1];
  return Array.from({ length: d + 1 }, (_, r) => ({
    key: m.map((v, i) => v * (d + 1) + r - (rank[i] > d - r ? d + 1 : 0)),
    weight: weights[r],
  }));
}

function softmax(scores: Float64Array, labels: number): Float64Array {
  const pixels = scores.length / labels;
  const q = new Float64Array(scores.length);
  for (let p = 0; p < pixels; p++) {
    const own = Array.from({ length: labels }, (_, c) => scores[c * pixels + p]);
    const most = Math.max(...own);
    const e = own.map((s) => Math.exp(s - most));
    const sum = e.reduce((a, b) => a + b, 0);
    e.forEach((v, c) => q[c * pixels + p] = v / sum);
  }
  return q;
}
