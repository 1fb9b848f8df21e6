import type { Request, Response } from "express";
import { addField } from "../answer-fields.ts";
import { sendFile, sendNotModified } from "../responses.ts";
import { type BuiltFile, ENCODINGS } from "./built-page.ts";

/** Sends a file of a built page, compressed as the browser takes it; nothing of it where the browser has it. */
export function sendBuilt(
  request: Request,
  response: Response,
  { type, etag, plain, compressed }: BuiltFile,
  caching: Readonly<Record<string, string>>,
): void {
  const offered = ENCODINGS.filter((encoding) => compressed[encoding]);
  if (offered.length > 0) addField(response, "vary", "Accept-Encoding");
  const headers = { ...caching, etag };
  if (request.headers["if-none-match"] === etag) {
    sendNotModified(response, etag, headers);
    return;
  }
  const chosen = offered.find((encoding) => request.acceptsEncodings(encoding) === encoding);
  const bytes = (chosen && compressed[chosen]) ?? plain;
  sendFile(response, type, bytes, { ...headers, ...(chosen ? { "content-encoding": chosen } : {}) });
}
