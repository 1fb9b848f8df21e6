import { readFileSync } from "node:fs";
import { DockerfileParser, type Entrypoint, type Env } from "dockerfile-ast";

/** What an image says of the processes that run in it. */
export interface Image {
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Of the last stage of a Dockerfile. Throws where its entry is not a list of words. */
export function readImage(path: string): Image {
  const instructions = DockerfileParser.parse(readFileSync(path, "utf8")).getInstructions();
  const last = instructions.findLastIndex((each) => each.getKeyword() === "FROM");
  const stage = instructions.slice(last + 1);
  const entry = stage.findLast((each) => each.getKeyword() === "ENTRYPOINT") as Entrypoint | undefined;
  const entrypoint = entry?.getJSONStrings().map((word) => word.getJSONValue()) ?? [];
  if (entrypoint.length === 0) throw new Error(`${path} has no ENTRYPOINT that is a list of words`);
  const settings = stage
    .filter((each) => each.getKeyword() === "ENV")
    .flatMap((each) => (each as Env).getProperties())
    .map((property) => [property.getName(), property.getValue() ?? ""] as const);
  return { entrypoint, env: Object.fromEntries(settings) };
}
