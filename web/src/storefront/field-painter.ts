import { type ItemBits, isLeft } from "./availability.ts";
import { cornerOf, type FieldLayout } from "./field-layout.ts";

/** How long a square that changed shows it. */
const GLOW_MS = 900;

export interface FieldColours {
  readonly available: string;
  readonly held: string;
  readonly sold: string;
  readonly ink: string;
}

/** What is to be painted. */
export interface FieldScene {
  readonly layout: FieldLayout;
  readonly bits: ItemBits;
  readonly colours: FieldColours;
  /** Positions that are marked: `[from, to]`, both included. */
  readonly marked: readonly [number, number];
}

/**
 * Paints a square an item: ten thousand of them are one canvas and three fills. A square that changes glows for a moment,
 * and only as long as one does is the field painted by itself.
 */
export class FieldPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #still: boolean;
  #scene: FieldScene | null = null;
  /** When each item last changed, by position; long ago where it never did. */
  #changedMs = new Float64Array();
  #frame = 0;

  /** `still`: nothing is to move. */
  constructor(context: CanvasRenderingContext2D, still: boolean) {
    this.#context = context;
    this.#still = still;
  }

  show(scene: FieldScene, nowMs: number): void {
    this.#note(scene.bits, nowMs);
    this.#scene = scene;
    this.#paint(nowMs);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  #note(bits: ItemBits, nowMs: number): void {
    const before = this.#scene?.bits;
    if (before?.saleId !== bits.saleId || before.count !== bits.count) {
      this.#changedMs = new Float64Array(bits.count + 1).fill(Number.NEGATIVE_INFINITY);
      return;
    }
    if (this.#still || before === bits) return;
    for (let position = 1; position <= bits.count; position += 1) {
      if (isLeft(bits, position) !== isLeft(before, position)) this.#changedMs[position] = nowMs;
    }
  }

  #paint(nowMs: number): void {
    if (!this.#scene) return;
    const { layout, bits, colours, marked } = this.#scene;
    const context = this.#context;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    for (const left of [true, false]) {
      context.fillStyle = left ? colours.available : colours.sold;
      context.beginPath();
      for (let position = 1; position <= bits.count; position += 1) {
        if (isLeft(bits, position) === left) this.#square(layout, position);
      }
      context.fill();
    }
    const glowing = this.#glow(nowMs);
    context.fillStyle = colours.ink;
    this.#mark(layout, bits, marked);
    cancelAnimationFrame(this.#frame);
    if (glowing) this.#frame = requestAnimationFrame((ms) => this.#paint(ms));
  }

  /** Whether anything glows still. */
  #glow(nowMs: number): boolean {
    if (!this.#scene) return false;
    const { layout, colours } = this.#scene;
    const context = this.#context;
    context.fillStyle = colours.held;
    let glowing = false;
    for (const [position, changedMs] of this.#changedMs.entries()) {
      const age = (nowMs - changedMs) / GLOW_MS;
      if (age >= 1) continue;
      glowing = true;
      context.globalAlpha = 1 - Math.max(0, age) ** 2;
      context.beginPath();
      this.#square(layout, position);
      context.fill();
    }
    context.globalAlpha = 1;
    return glowing;
  }

  #square(layout: FieldLayout, position: number): void {
    const [x, y] = cornerOf(layout, position);
    this.#context.rect(x, y, layout.width, layout.height);
  }

  /** Marks what the shelf shows: a line under each, and where squares are too small for that, all of what is left. */
  #mark(layout: FieldLayout, bits: ItemBits, [from, to]: readonly [number, number]): void {
    const { width, height } = layout;
    const line = Math.max(1, Math.min(Math.round(height / 3), 3 * devicePixelRatio));
    for (let position = from; position <= to; position += 1) {
      const [x, y] = cornerOf(layout, position);
      const marked = width < 6 * devicePixelRatio && isLeft(bits, position) ? height : line;
      this.#context.fillRect(x, y + height - marked, width, marked);
    }
  }
}
