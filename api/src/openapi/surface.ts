import type { Operation } from "./operation.ts";
import type { JsonSchema } from "./schemas.ts";

/** What one kind of client is served, and its document says. `Failure` names what its operations may answer but success. */
export interface Surface<Failure extends string> {
  readonly title: string;
  readonly description: string;
  /** What each tag stands for. */
  readonly tags: Readonly<Record<string, string>>;
  readonly securitySchemes: JsonSchema;
  /** Of every operation that says nothing else. */
  readonly security: readonly JsonSchema[];
  /** What stands in the braces of its paths. */
  readonly pathParts: Readonly<Record<string, JsonSchema>>;
  /** Every path, and what it does with each of its methods. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, Operation<Failure>>>>>;
  /** Paths that something before its routes answers, as OpenAPI has them. */
  readonly before?: Readonly<Record<string, JsonSchema>>;
  /** What an operation may answer beside its successes, by status. */
  readonly failures: (path: string, operation: Operation<Failure>) => Readonly<Record<string, JsonSchema>>;
}
