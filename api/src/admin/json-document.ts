import express, { type Request, type Response } from "express";
import type { Problem } from "../problems.ts";

/** A catalogue of some 60,000 items. */
const DOCUMENT_MB_MAX = 8;

const parse = express.json({ limit: `${DOCUMENT_MB_MAX}mb`, inflate: false, type: "application/json" });

/** The body of an operator's request, of any shape; larger than a shopper's may be. */
export async function readDocument(
  request: Request,
  response: Response,
): Promise<{ readonly kind: "json"; readonly value: unknown } | Problem> {
  const failure = await new Promise<unknown>((resolve) => parse(request, response, resolve));
  if (failure) return problemOf(failure);
  if (request.body === undefined) return { kind: "wrong_type", detail: "Content-Type must be application/json" };
  return { kind: "json", value: request.body };
}

/** What body-parser calls its failures. */
function problemOf(failure: unknown): Problem {
  const { type } = Object(failure) as { type?: string };
  if (type === "entity.too.large") return { kind: "too_large", detail: `A sale fits into ${DOCUMENT_MB_MAX} MB.` };
  if (type === "encoding.unsupported") {
    return { kind: "wrong_type", detail: "Content-Encoding is not accepted: send the body as it is" };
  }
  if (type === "charset.unsupported") return { kind: "wrong_type", detail: "Content-Type must be of UTF-8" };
  return { kind: "malformed", detail: "the body is not JSON" };
}
