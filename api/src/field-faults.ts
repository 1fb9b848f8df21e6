import type { z } from "zod";
import type { FieldFault } from "./responses.ts";

/** What a schema found, in the words of a 400. */
export function faultOf(issue: z.core.$ZodIssue): FieldFault {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  if (issue.code === "unrecognized_keys") {
    const where = path === "" ? "" : `${path.replace(/^\./, "")}.`;
    return { field: `${where}${issue.keys[0] ?? ""}`, message: "is not known here: leave it out" };
  }
  return { field: path.replace(/^\./, "") || "body", message: issue.message };
}
