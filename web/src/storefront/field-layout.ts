/** Where the squares of a field stand, in whole device pixels so that each is as sharp as the next. */
export interface FieldLayout {
  readonly columns: number;
  readonly rows: number;
  /** From one square to the next. */
  readonly pitch: number;
  /** A square itself. */
  readonly size: number;
}

/** The largest squares with which `count` of them fit; `pitchMax` bounds them where there are few. Pixels. */
export function layoutField(width: number, height: number, count: number, pitchMax: number): FieldLayout {
  let pitch = Math.max(1, Math.min(Math.floor(pitchMax), width, height));
  while (pitch > 1 && Math.floor(width / pitch) * Math.floor(height / pitch) < count) pitch -= 1;
  const columns = Math.max(1, Math.min(count, Math.floor(width / pitch)));
  const gap = pitch < 3 ? 0 : Math.max(1, Math.min(Math.round(pitch / 7), 8));
  return { columns, rows: Math.ceil(count / columns), pitch, size: pitch - gap };
}

/** The position, from 1, at a point of the field in its pixels. Null beside it. */
export function positionAt({ columns, rows, pitch }: FieldLayout, count: number, x: number, y: number): number | null {
  const [column, row] = [Math.floor(x / pitch), Math.floor(y / pitch)];
  if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
  const position = row * columns + column + 1;
  return position <= count ? position : null;
}
