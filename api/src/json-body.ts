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
  // A stream that is gone tells nobody who begins to listen now.
  if (request.destroyed) return { kind: "malformed", detail: "the body was cut off" };
  return new Promise((resolve, reject) => {
    // As they came and decoded whole: a decoder for each body costs more than its one chunk.
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(parse(chunks.length === 1 ? String(chunks[0]) : String(Buffer.concat(chunks)))));
    request.on("error", reject);
  });
}

function parse(text: string): JsonBody {
  if (text === "") return { kind: "malformed", detail: "the body is empty" };
  if (text.includes("\\")) return { kind: "malformed", detail: "the body must not hold escapes" };
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse keeps the last of two equal names: more of them in the text than in the value mean that one was lost.
    if (namesWritten(text) !== namesKept(value))
      return { kind: "malformed", detail: "a name stands twice in one object" };
    return { kind: "json", value };
  } catch {
    return { kind: "malformed", detail: "the body is not JSON" };
  }
}

const NAME = /"([^"]*)"\s*:/g;

function namesWritten(text: string): number {
  return text.match(NAME)?.length ?? 0;
}

function namesKept(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let names = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) names += namesKept(inner);
  return names;
}
