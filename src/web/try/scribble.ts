/// <reference lib="dom" />
// Drawing a mask on a canvas, with a finger, a pen or a mouse.
import type { Mask } from "../../data/masks/mask.ts";

/** What a stroke draws with. */
export interface Brush {
  /** The class; 255 takes away. */
  readonly label: number;
  /** Diameter in pixels of the mask. */
  readonly size: number;
}

/** A mask that is drawn on a canvas; unknown everywhere at first. */
export class Scribble {
  #mask: Mask = { width: 0, height: 0, data: new Uint8Array() };
  readonly #before: Mask[] = [];
  #last: readonly [number, number] | undefined;

  /**
   * Listens to a canvas.
   *
   * @param drawn called while a stroke is drawn, and with `true` at its end
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly brush: () => Brush,
    private readonly drawn: (ended: boolean) => void,
  ) {
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.#mask.width === 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#remember();
      this.#last = this.#place(event);
      this.#stroke(this.#last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.#last !== undefined) this.#stroke(this.#place(event));
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(end, () => {
        if (this.#last === undefined) return;
        this.#last = undefined;
        this.drawn(true);
      });
    }
  }

  /** The mask as it is drawn. */
  get mask(): Mask {
    return this.#mask;
  }

  /** Whether nothing is known of any pixel. */
  get empty(): boolean {
    return this.#mask.data.every((label) => label === 255);
  }

  /** Takes another mask; what was drawn before can be had back with `undo` where it has this size. */
  set(mask: Mask): void {
    if (mask.width === this.#mask.width && mask.height === this.#mask.height) this.#remember();
    else this.#before.length = 0;
    this.#mask = { ...mask, data: mask.data.slice() };
  }

  /** Makes everything unknown. */
  clear(): void {
    this.set({ ...this.#mask, data: this.#mask.data.map(() => 255) });
  }

  /** Takes the last stroke back. */
  undo(): void {
    this.#mask = this.#before.pop() ?? this.#mask;
  }

  #remember(): void {
    this.#before.push({ ...this.#mask, data: this.#mask.data.slice() });
    if (this.#before.length > 50) this.#before.shift();
  }

  /** Where an event is in the mask; the canvas keeps its shape inside of its box. */
  #place({ clientX, clientY }: PointerEvent): readonly [number, number] {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = this.#mask;
    const scale = Math.min(box.width / width, box.height / height);
    const left = box.left + (box.width - width * scale) / 2;
    const top = box.top + (box.height - height * scale) / 2;
    return [(clientX - left) / scale, (clientY - top) / scale];
  }

  /** A line of discs from the last place to this one. */
  #stroke(to: readonly [number, number]): void {
    const [x0, y0] = this.#last!;
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - x0, to[1] - y0)));
    for (let i = 1; i <= steps; i++) {
      this.#disc(x0 + (to[0] - x0) * i / steps, y0 + (to[1] - y0) * i / steps);
    }
    this.#last = to;
    this.drawn(false);
  }

  #disc(cx: number, cy: number): void {
    const { label, size } = this.brush();
    const { width, height, data } = this.#mask;
    const radius = Math.max(0.75, size / 2);
    for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(height, cy + radius); y++) {
      for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(width, cx + radius); x++) {
        if (Math.hypot(x + 0.5 - cx, y + 0.5 - cy) <= radius) data[y * width + x] = label;
      }
    }
  }
}
