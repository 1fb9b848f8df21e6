/** Where the squares of a field stand, in whole device pixels so that each is as sharp as the next. */
export interface FieldLayout {
  readonly columns: number;
  readonly rows: number;
  /** From one square to the next, along a row. */
  readonly pitch: number;
  /** From one row to the next: a little more where that fills the field. */
  readonly rowPitch: number;
  /** A square itself: almost one, where rows are further apart. */
  readonly width: number;
  readonly height: number;
}

/** How much further apart rows may be than columns. */
const STRETCH_MAX = 0.25;

/** The largest squares with which `count` of them fit; `pitchMax` bounds them where there are few. Pixels. */
export function layoutField(width: number, height: number, count: number, pitchMax: number): FieldLayout {
  let pitch = Math.max(1, Math.min(Math.floor(pitchMax), width, height));
  while (pitch > 1 && Math.floor(width / pitch) * Math.floor(height / pitch) < count) pitch -= 1;
  const columns = Math.max(1, Math.min(count, Math.floor(width / pitch)));
  const rows = Math.ceil(count / columns);
  const stretched = Math.min(Math.floor(height / rows), Math.ceil(pitch * (1 + STRETCH_MAX)), Math.floor(pitchMax));
  const rowPitch = Math.max(pitch, stretched);
  const gap = pitch < 3 ? 0 : Math.max(1, Math.min(Math.round(pitch / 7), 8));
  return { columns, rows, pitch, rowPitch, width: pitch - gap, height: rowPitch - gap };
}

/** The left upper corner of the square at a position. */
export function cornerOf({ columns, pitch, rowPitch }: FieldLayout, position: number): readonly [number, number] {
  const index = position - 1;
  return [(index % columns) * pitch, Math.floor(index / columns) * rowPitch];
}

/** The position, from 1, at a point of the field in its pixels. Null beside it. */
export function positionAt(layout: FieldLayout, count: number, x: number, y: number): number | null {
  const { columns, rows, pitch, rowPitch } = layout;
  const [column, row] = [Math.floor(x / pitch), Math.floor(y / rowPitch)];
  if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
  const position = row * columns + column + 1;
  return position <= count ? position : null;
}
