// One zoom and pan for several canvases of equal size.

class Zoom {
  /** @param changed is called when what is to be seen has changed */
  constructor(changed) {
    this.changed = changed;
    this.size = { width: 1, height: 1 };
    this.reset();
  }

  /** The whole picture, or a part of it: x, y, width, height in its pixels. */
  fit(part) {
    this.reset(part);
    this.changed();
  }

  reset(part) {
    Object.assign(this, { part, factor: 1, moved: { x: 0, y: 0 } });
  }

  /** Pixels of a canvas for one of the picture, and where the picture's corner is. */
  place(canvas) {
    const part = this.part ?? { x: 0, y: 0, ...this.size };
    const least = Math.min(canvas.width / part.width, canvas.height / part.height);
    const scale = least * this.factor;
    const x = canvas.width / 2 - (part.x + part.width / 2 + this.moved.x) * scale;
    const y = canvas.height / 2 - (part.y + part.height / 2 + this.moved.y) * scale;
    return { scale, x, y };
  }

  /** Zooms by a factor around a point of a canvas, its centre by default. */
  by(factor, canvas, point = { x: canvas.width / 2, y: canvas.height / 2 }) {
    const before = this.place(canvas);
    this.factor = Math.min(64, Math.max(0.25, this.factor * factor));
    const after = this.place(canvas);
    const shift = (start, one, other) =>
      (start - one) / before.scale - (start - other) / after.scale;
    this.moved.x += shift(point.x, before.x, after.x);
    this.moved.y += shift(point.y, before.y, after.y);
    this.changed();
  }

  /** Moves by pixels of a canvas. */
  pan(dx, dy, canvas) {
    const { scale } = this.place(canvas);
    this.moved.x += dx / scale;
    this.moved.y += dy / scale;
    this.changed();
  }

  /** The pixel of the picture under a pointer. */
  pixel(event) {
    const canvas = event.currentTarget;
    const point = pointOf(event);
    const { scale, x, y } = this.place(canvas);
    return { x: Math.floor((point.x - x) / scale), y: Math.floor((point.y - y) / scale) };
  }

  /** Wheel and drag; `draws` says whether a pointer does something else than to pan. */
  attach(canvas, draws = () => false) {
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.by(Math.exp(-event.deltaY / 400), canvas, pointOf(event));
    }, { passive: false });
    let last;
    canvas.addEventListener("pointerdown", (event) => {
      if (draws(event)) return;
      last = pointOf(event);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = pointOf(event);
      this.pan(last.x - now.x, last.y - now.y, canvas);
      last = now;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => last = undefined);
    }
    canvas.addEventListener("dblclick", () => draws() || this.fit());
  }
}

/** Where a pointer is, in pixels of its canvas. */
function pointOf(event) {
  const canvas = event.currentTarget;
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
}

/** Draws a photograph and a mask over it into a canvas, at the zoom's place. */
function drawOver(canvas, zoom, { photograph, fill, lines, opacity, outlined }) {
  const ratio = devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  const [width, height] = [box.width, box.height].map((n) => Math.max(1, Math.round(n * ratio)));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  const { scale, x, y } = zoom.place(canvas);
  context.setTransform(scale, 0, 0, scale, x, y);
  context.imageSmoothingEnabled = scale < 4;
  if (photograph) context.drawImage(photograph, 0, 0, zoom.size.width, zoom.size.height);
  else {
    context.fillStyle = "#444";
    context.fillRect(0, 0, zoom.size.width, zoom.size.height);
  }
  if (fill && !outlined) {
    context.imageSmoothingEnabled = false;
    context.globalAlpha = opacity;
    context.drawImage(fill, 0, 0, zoom.size.width, zoom.size.height);
    context.globalAlpha = 1;
  }
  if (lines && outlined) {
    for (const [c, path] of lines) {
      // A dark line under each keeps it visible on what is bright.
      for (const [style, thickness] of [["#000a", 4], [cssColour(c), 2]]) {
        context.strokeStyle = style;
        context.lineWidth = thickness * ratio / scale;
        context.stroke(path);
      }
    }
  }
  return context;
}
