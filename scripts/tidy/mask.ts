/** The text of a file without what is not code; every view keeps each offset and each line where it was. */
import type { ProjectFile } from "./project.ts";
import { luaSpans, type Span, typescriptSpans } from "./spans.ts";

export interface Mask {
  /** Comments, contents of strings and templates, and regular expressions blanked; quotes stay. */
  readonly code: string;
  /** Only comments blanked. */
  readonly uncommented: string;
  /** The contents of every string, at their offsets. */
  readonly strings: readonly { readonly start: number; readonly value: string }[];
}

const masks = new WeakMap<ProjectFile, Mask>();

/** The views of a TypeScript, JavaScript or Lua file, computed once. */
export function maskOf(file: ProjectFile): Mask {
  const known = masks.get(file);
  if (known) return known;
  const mask = maskText(file);
  masks.set(file, mask);
  return mask;
}

function maskText({ path, text }: ProjectFile): Mask {
  const spans = path.endsWith(".lua") ? luaSpans(text) : typescriptSpans(text);
  return {
    code: blank(text, spans),
    uncommented: blank(
      text,
      spans.filter(({ kind }) => kind === "comment"),
    ),
    strings: spans
      .filter(({ kind }) => kind === "string")
      .map(({ start, end }) => ({ start, value: text.slice(start, end) })),
  };
}

function blank(text: string, spans: readonly Span[]): string {
  let blanked = "";
  let at = 0;
  for (const { start, end } of spans) {
    blanked += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    at = end;
  }
  return blanked + text.slice(at);
}
