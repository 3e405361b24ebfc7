import type { Random } from "../random.ts";

/** The outlines an object can have; bar, ring and cross have thin parts. */
export type Outline = "disc" | "square" | "triangle" | "bar" | "ring" | "cross";

/** An outline at a place, with a size and a rotation; lengths in pixels. */
export interface Shape {
  /** Its form. */
  readonly outline: Outline;
  /** Its centre, from the left edge. */
  readonly x: number;
  /** Its centre, from the upper edge. */
  readonly y: number;
  /** Half its extent, about. */
  readonly radius: number;
  /** Radians. */
  readonly angle: number;
}

const outlines: readonly Outline[] = ["disc", "square", "triangle", "bar", "ring", "cross"];

/** Whether an outline has parts a few pixels wide, which blurred seeds and a CRF lose. */
export function isThin(outline: Outline): boolean {
  return outline === "bar" || outline === "ring" || outline === "cross";
}

/** A random shape whose centre lies well inside a picture of the given size; `scale` times as large. */
export function randomShape(random: Random, width: number, height: number, scale = 1): Shape {
  const unit = scale * Math.min(width, height) / 64;
  const outline = outlines[random.integer(outlines.length)];
  const radius = unit * random.uniform(9, 17);
  return {
    outline,
    x: random.uniform(radius * 0.8, width - radius * 0.8),
    y: random.uniform(radius * 0.8, height - radius * 0.8),
    radius,
    angle: random.uniform(0, 2 * Math.PI),
  };
}

/** The point (x, y) in the shape's own frame: rotated, and 1 at its radius. */
export function localPoint(shape: Shape, x: number, y: number): [u: number, v: number] {
  const dx = (x - shape.x) / shape.radius;
  const dy = (y - shape.y) / shape.radius;
  const cos = Math.cos(shape.angle);
  const sin = Math.sin(shape.angle);
  return [cos * dx + sin * dy, cos * dy - sin * dx];
}

/** Whether the shape covers the point (u, v) of its own frame. */
export function covers(outline: Outline, u: number, v: number): boolean {
  const a = Math.abs(u);
  const b = Math.abs(v);
  switch (outline) {
    case "disc":
      return u * u + v * v < 0.81;
    case "square":
      return a < 0.8 && b < 0.8;
    case "triangle":
      return v < 0.62 && v > 1.75 * a - 1.05;
    case "bar":
      return a < 1.35 && b < 0.22;
    case "ring":
      return u * u + v * v < 1 && u * u + v * v > 0.36;
    case "cross":
      return (a < 1.1 && b < 0.22) || (b < 1.1 && a < 0.22);
  }
}
