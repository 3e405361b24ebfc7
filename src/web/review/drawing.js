// Corrections by brush and fill: a class for each pixel that was drawn, 255 elsewhere.

const drawing = {
  tool: undefined,
  class: 0,
  size: 8,
  data: undefined,
  canvas: undefined,
  any: false,
};

/** Nothing is drawn on a picture of this size. */
function clearDrawing({ width, height }) {
  drawing.data = new Uint8Array(width * height).fill(255);
  drawing.width = width;
  drawing.height = height;
  drawing.any = false;
  drawing.canvas = undefined;
}

/** Gives the pixels within the brush around a pixel, and on the way from the last one, the class. */
function brush(from, to) {
  const steps = Math.max(
    1,
    Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / Math.max(1, drawing.size / 3)),
  );
  for (let i = 0; i <= steps; i++) {
    disc(from.x + (to.x - from.x) * i / steps, from.y + (to.y - from.y) * i / steps);
  }
  drawn();
}

function disc(cx, cy) {
  const { width, height, data } = drawing;
  const radius = drawing.size / 2;
  for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(height - 1, cy + radius); y++) {
    for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(width - 1, cx + radius); x++) {
      if (Math.hypot(x - cx, y - cy) <= radius) data[y * width + x] = drawing.class;
    }
  }
}

/** Gives what touches a pixel and shows the same there the class; `shownAt` says what a pixel shows. */
function fillFrom({ x, y }, shownAt) {
  const { width, height, data } = drawing;
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const same = shownAt(y * width + x);
  const seen = new Uint8Array(width * height);
  const stack = [y * width + x];
  while (stack.length > 0) {
    const u = stack.pop();
    if (seen[u] || shownAt(u) !== same) continue;
    seen[u] = 1;
    if (u % width > 0) stack.push(u - 1);
    if (u % width < width - 1) stack.push(u + 1);
    if (u >= width) stack.push(u - width);
    if (u < width * (height - 1)) stack.push(u + width);
  }
  for (let u = 0; u < seen.length; u++) if (seen[u]) data[u] = drawing.class;
  drawn();
}

function drawn() {
  drawing.any = true;
  drawing.canvas = undefined;
}

/** What was drawn as a canvas; background is hatched, since it has no colour. */
function drawnCanvas() {
  if (!drawing.any || drawing.canvas) return drawing.canvas;
  const { width, height, data } = drawing;
  const picture = new ImageData(width, height);
  for (let u = 0; u < data.length; u++) {
    const c = data[u];
    if (c === 255) continue;
    const hatch = (u % width + Math.floor(u / width)) % 4 < 2 ? 255 : 0;
    picture.data.set(c === 0 ? [hatch, hatch, hatch, 160] : [...shownColour(c), 200], 4 * u);
  }
  drawing.canvas = new OffscreenCanvas(width, height);
  drawing.canvas.getContext("2d").putImageData(picture, 0, 0);
  return drawing.canvas;
}

/** What was drawn as runs of pixels of each class. */
function drawnRuns() {
  if (!drawing.any) return [];
  const all = new Map();
  const { data } = drawing;
  for (let u = 0; u < data.length; u++) {
    const c = data[u];
    if (c === 255) continue;
    const start = u;
    while (data[u + 1] === c) u++;
    if (!all.has(c)) all.set(c, []);
    all.get(c).push(start, u + 1 - start);
  }
  return [...all].map(([c, runs]) => ({ class: c, runs }));
}
