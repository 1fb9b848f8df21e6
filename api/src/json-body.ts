import type { Request } from "express";

/** A checkout of ten lines is under 1 KB. */
const BODY_BYTES_MAX = 2_048;

export type JsonBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "too_large" }
  | { readonly kind: "wrong_type"; readonly detail: string }
  | { readonly kind: "malformed"; readonly detail: string };

/**
 * Reads a small JSON body: bounded, uncompressed, with a declared length. Rejects escapes and repeated names, which no
 * client needs and which let one text mean two things to two parsers.
 */
export function readJson(request: Request): Promise<JsonBody> | JsonBody {
  const { headers } = request;
  if (headers["transfer-encoding"] !== undefined) {
    return { kind: "malformed", detail: "Transfer-Encoding is not accepted: send a Content-Length" };
  }
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(headers["content-type"] ?? "")) {
    return { kind: "wrong_type", detail: "Content-Type must be application/json" };
  }
  if (headers["content-encoding"] !== undefined) {
    return { kind: "wrong_type", detail: "Content-Encoding is not accepted: send the body as it is" };
  }
  if (Number(headers["content-length"] ?? 0) > BODY_BYTES_MAX) return { kind: "too_large" };
  return new Promise((resolve, reject) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => resolve(parse(text)));
    request.on("error", reject);
  });
}

function parse(text: string): JsonBody {
  if (text === "") return { kind: "malformed", detail: "the body is empty" };
  if (text.includes("\\")) return { kind: "malformed", detail: "the body must not hold escapes" };
  try {
    const value: unknown = JSON.parse(text);
    const repeated = repeatedName(text, value);
    if (repeated) return { kind: "malformed", detail: `"${repeated}" stands more than once in one object` };
    return { kind: "json", value };
  } catch {
    return { kind: "malformed", detail: "the body is not JSON" };
  }
}

/** JSON.parse keeps the last of two equal names: compare how often each stands in the text and in the value. */
function repeatedName(text: string, value: unknown): string | undefined {
  const written = [...text.matchAll(/"([^"]*)"\s*:/g)].map((match) => match[1] ?? "");
  const kept = namesIn(value);
  if (written.length === kept.length) return undefined;
  const counts = new Map<string, number>();
  for (const name of kept) counts.set(name, (counts.get(name) ?? 0) + 1);
  return written.find((name) => {
    const left = (counts.get(name) ?? 0) - 1;
    counts.set(name, left);
    return left < 0;
  });
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
