import { useEffect, useRef, useState } from "preact/hooks";
import { grouped } from "../design/figures.ts";
import { countLeft, type ItemBits, isLeft } from "./availability.ts";
import type { Clock } from "./clock.ts";
import { type FieldLayout, layoutField, positionAt } from "./field-layout.ts";
import { type FieldColours, FieldPainter } from "./field-painter.ts";

/** A few items are not blown up beyond this, in CSS pixels. */
const PITCH_MAX = 96;

export interface FieldProps {
  readonly clock: Clock;
  readonly bits: ItemBits | null;
  /** Positions that the shelf shows. */
  readonly marked: readonly [number, number];
  readonly onChoose: (position: number) => void;
}

/**
 * All items of the sale at once, a square each, dimmed once it is taken. A click brings the shelf there; for the keyboard
 * and for screen readers the shelf has buttons that do the same.
 */
export function Field({ clock, bits, marked, onChoose }: FieldProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const layout = useRef<FieldLayout | null>(null);
  const [pointed, point] = useState<number | null>(null);
  const [resized, resize] = useState(0);
  const painter = usePainter(canvas, () => resize((count) => count + 1));

  useEffect(() => {
    const element = canvas.current;
    if (!element || !painter.current || !bits) return;
    layout.current = fit(element, bits.count);
    painter.current.show({ layout: layout.current, bits, colours: coloursOf(element), marked }, clock.steadyMs());
  }, [bits, marked[0], marked[1], resized]);

  const at = (event: MouseEvent) => {
    if (!bits || !layout.current) return null;
    return positionAt(layout.current, bits.count, event.offsetX * devicePixelRatio, event.offsetY * devicePixelRatio);
  };
  return (
    <figure class="field">
      <canvas
        ref={canvas}
        class={pointed === null ? "" : "pointed"}
        role="img"
        aria-label={bits ? summaryOf(bits) : "All items"}
        onClick={(event) => {
          const position = at(event);
          if (position !== null) onChoose(position);
        }}
        onPointerMove={(event) => point(at(event))}
        onPointerLeave={() => point(null)}
      />
      <figcaption class="field-caption small soft figures">{bits ? captionOf(bits, pointed) : "\u00a0"}</figcaption>
    </figure>
  );
}

function summaryOf(bits: ItemBits): string {
  return `All ${grouped(bits.count)} items, of which ${grouped(countLeft(bits))} are available`;
}

function captionOf(bits: ItemBits, pointed: number | null): string {
  if (pointed === null) return `One square an item, ${grouped(bits.count)} in all. It dims as soon as it is taken.`;
  return `No. ${grouped(pointed)}: ${isLeft(bits, pointed) ? "available" : "taken"}`;
}

/** A painter for as long as the canvas lives; `onChange` is told when size or colours are others. */
function usePainter(canvas: { readonly current: HTMLCanvasElement | null }, onChange: () => void) {
  const painter = useRef<FieldPainter | null>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const made = new FieldPainter(context, matchMedia("(prefers-reduced-motion: reduce)").matches);
    painter.current = made;
    const sizes = new ResizeObserver(onChange);
    sizes.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", onChange);
    onChange();
    return () => {
      made.stop();
      sizes.disconnect();
      scheme.removeEventListener("change", onChange);
    };
  }, []);
  return painter;
}

/** Gives the canvas a pixel for each of the device's, and says where the squares go. */
function fit(element: HTMLCanvasElement, count: number): FieldLayout {
  const [width, height] = [element.clientWidth * devicePixelRatio, element.clientHeight * devicePixelRatio].map(
    Math.floor,
  );
  if (element.width !== width || element.height !== height) {
    element.width = width ?? 0;
    element.height = height ?? 0;
  }
  return layoutField(element.width, element.height, count, PITCH_MAX * devicePixelRatio);
}

function coloursOf(element: HTMLCanvasElement): FieldColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { available: colour("available"), held: colour("held"), sold: colour("sold"), ink: colour("ink") };
}
