// Curves of metrics as SVG: one chart for each metric, one line for each run.

const [CHART, TALL, LEFT, BOTTOM] = [420, 220, 52, 26];
const svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

/** The line of a run's curves, for the list of runs. */
function keyLine(index) {
  const [stroke, dashes] = styles[index % styles.length];
  const line = svg("line", {
    x1: 0,
    x2: 28,
    y1: 6,
    y2: 6,
    stroke,
    "stroke-width": 3,
    "stroke-dasharray": dashes,
  });
  return svg("svg", { width: 28, height: 12, "aria-hidden": "true" }, line);
}

/** Numbers with their steps: losses, shares, and what a validation measured. */
function pointsOf({ lines }, metric) {
  return lines.flatMap((line) => Number.isFinite(line[metric]) ? [[line.step, line[metric]]] : []);
}

function showCurves(names) {
  const place = byId("curves");
  const metrics = [...new Set(names.flatMap((name) => runs.get(name).lines.flatMap(Object.keys)))]
    .filter((metric) => metric !== "step" && metric !== "epoch")
    .filter((metric) => names.some((name) => pointsOf(runs.get(name), metric).length > 0));
  place.replaceChildren(...metrics.map((metric) => {
    const curves = names.map((name) => ({ name, points: pointsOf(runs.get(name), metric) }));
    return chartOf(metric, curves);
  }));
}

/** Means of neighbours, so that a long run has no more points than a screen. */
function thinned(points, most = 400) {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const some = points.slice(i * size, (i + 1) * size);
    return [0, 1].map((k) => some.reduce((sum, point) => sum + point[k], 0) / some.length);
  });
}

function ticksOf(low, high, about) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / about));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= about);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * span; i++) {
    ticks.push(i * step);
  }
  return ticks;
}

/** "secondsPerStep" as "seconds per step". */
const titled = (metric) =>
  metric.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
const number = (value) => String(+value.toPrecision(4));

function chartOf(metric, curves) {
  const all = curves.flatMap(({ points }) => points);
  const [first, last] = [0, Math.max(1, ...all.map(([x]) => x))];
  let [low, high] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  if (high - low < 1e-9) {
    [low, high] = [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10];
  }
  const x = (step) => LEFT + (step - first) / (last - first) * (CHART - LEFT - 12);
  const y = (value) => TALL - BOTTOM - (value - low) / (high - low) * (TALL - BOTTOM - 12);
  const grid = [
    ...ticksOf(low, high, 5).flatMap((tick) => [
      svg("line", { class: "grid", x1: LEFT, x2: CHART - 12, y1: y(tick), y2: y(tick) }),
      svg("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, number(tick)),
    ]),
    ...ticksOf(first, last, 5).map((tick) =>
      svg("text", { x: x(tick), y: TALL - 8, "text-anchor": "middle" }, number(tick))
    ),
  ];
  const lines = curves.map(({ points }, i) => {
    const [stroke, dashes] = styles[i % styles.length];
    const path = thinned(points).map(([a, b], j) =>
      `${j ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`
    );
    const attributes = { stroke, "stroke-dasharray": dashes, fill: "none", "stroke-width": 2 };
    if (points.length !== 1) return svg("path", { d: path.join(""), ...attributes });
    return svg("circle", { cx: x(points[0][0]), cy: y(points[0][1]), r: 3, fill: stroke });
  });
  const named = curves.length > 1;
  const words = curves.filter(({ points }) => points.length > 0).map(({ name, points }) =>
    `${named ? `${titleOf(name)} ` : ""}${number(points.at(-1)[1])} at step ${points.at(-1)[0]}`
  ).join("; ");
  return make(
    "figure",
    { "data-metric": metric },
    make(
      "figcaption",
      {},
      make("strong", {}, titled(metric)),
      curves.length === 1 ? ` ${words}` : "",
    ),
    svg(
      "svg",
      {
        viewBox: `0 0 ${CHART} ${TALL}`,
        role: "img",
        "aria-label": `${metric} by step: ${words}`,
      },
      ...grid,
      ...lines,
    ),
  );
}
