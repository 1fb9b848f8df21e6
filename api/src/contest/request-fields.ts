import type { Request } from "express";

/** A request has a handful of short fields. */
const BODY_CHARS_MAX = 2_048;

/** What one field is also called by some clients. */
const ALIASES: Readonly<Record<string, string>> = { item_id: "id" };

export type Fields = Readonly<Record<string, string>>;

/**
 * The fields of a request: those of its query, and, where one of `names` is not among them, those of a JSON or form body
 * as well. A body that cannot be read has none; what is missing is then named. Of a name given twice none is taken.
 * Null where the body is too large.
 */
export async function fieldsOf(request: Request, names: readonly string[]): Promise<Fields | null> {
  const asked = textsIn(request.query);
  if (names.every((name) => asked[name] !== undefined)) return asked;
  const text = await bodyOf(request);
  return text === null ? null : { ...textsIn(parse(request, text)), ...asked };
}

/** Null past {@link BODY_CHARS_MAX}. */
async function bodyOf(request: Request): Promise<string | null> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.length > BODY_CHARS_MAX) return null;
  }
  return text;
}

function parse(request: Request, text: string): unknown {
  if (/^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "")) {
    const pairs = [...new URLSearchParams(text)];
    return Object.fromEntries(pairs.filter(([name]) => pairs.filter(([other]) => other === name).length === 1));
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Texts and whole numbers by name, as text; what is empty is not there. */
function textsIn(values: unknown): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  if (typeof values !== "object" || values === null) return texts;
  for (const [name, value] of Object.entries(values)) {
    const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
    const text = Number.isSafeInteger(value) ? String(value) : value;
    if (typeof text === "string" && text !== "") texts[known] ??= text;
  }
  return texts;
}
