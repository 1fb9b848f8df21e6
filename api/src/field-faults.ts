import type { z } from "zod";
import type { FieldFault } from "./problems.ts";

/** What a schema found, in the words of a 400; `whole` names what was read, where no part of it is at fault. */
export function faultOf(issue: z.core.$ZodIssue, whole = "body"): FieldFault {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  if (issue.code === "unrecognized_keys") {
    const where = path === "" ? "" : `${path.replace(/^\./, "")}.`;
    return { field: `${where}${issue.keys[0] ?? ""}`, message: "is not known here: leave it out" };
  }
  return { field: path.replace(/^\./, "") || whole, message: issue.message };
}
