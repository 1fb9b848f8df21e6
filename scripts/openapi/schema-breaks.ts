import { listAt, type Node, nodeAt, resolved } from "./node.ts";

/** Who writes what the schema is of: a client, which may go on as before, or the server, which clients must go on reading. */
export type Direction = "request" | "response";

interface Pair {
  readonly direction: Direction;
  /** Names the place in what is told. */
  readonly where: string;
  readonly before: Node;
  readonly after: Node;
}

const ANYTHING = "anything";
const LOWER_BOUNDS = ["minimum", "exclusiveMinimum", "minLength", "minItems"] as const;
const UPPER_BOUNDS = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"] as const;

/** Tells of two schemas, each of its own document, what of the newer one breaks clients of the older. */
export class SchemaComparison {
  readonly #before: Node;
  readonly #after: Node;
  /** Pairs of references under comparison: a schema may hold itself. */
  readonly #open = new Set<string>();

  constructor(before: Node, after: Node) {
    this.#before = before;
    this.#after = after;
  }

  breaks(pair: Pair): string[] {
    const { direction, before, after } = pair;
    const name = [direction, before["$ref"], after["$ref"]].join(" ");
    const isNamed = before["$ref"] !== undefined || after["$ref"] !== undefined;
    if (isNamed && this.#open.has(name)) return [];
    this.#open.add(name);
    try {
      return this.#ofKinds(pair);
    } finally {
      this.#open.delete(name);
    }
  }

  /** Every kind that was sent must still be taken; every kind that is answered must have been before. */
  #ofKinds({ direction, where, before, after }: Pair): string[] {
    const [old, now] = [kindsOf(this.#before, before), kindsOf(this.#after, after)];
    const isSent = direction === "request";
    return (isSent ? old : now).flatMap((kind) => {
      const others = (isSent ? now : old).filter((other) => takes(other, kind));
      const told = others.map((other) => {
        const [older, newer] = isSent ? [kind, other] : [other, kind];
        return this.#ofOneKind({ direction, where, before: older, after: newer });
      });
      const [fewest] = told.toSorted((a, b) => a.length - b.length);
      if (fewest) return fewest;
      return [isSent ? `${where} may not be ${typeOf(kind)} any more` : `${where} may be ${typeOf(kind)} now`];
    });
  }

  #ofOneKind(pair: Pair): string[] {
    const { direction, where, before, after } = pair;
    const format = before["format"] === after["format"] ? [] : [`${where} has another format now`];
    return [
      ...format,
      ...(direction === "request" ? [...valueBreaks(pair), ...boundBreaks(pair)] : []),
      ...this.#ofProperties(pair),
      ...requiredBreaks(pair),
      ...this.#ofInner(pair, "items", "[]"),
      ...this.#ofInner(pair, "additionalProperties", "{}"),
    ];
  }

  #ofProperties({ direction, where, before, after }: Pair): string[] {
    const [old, now] = [nodeAt(before, "properties"), nodeAt(after, "properties")];
    return Object.keys(old).flatMap((name) => {
      const place = `${where}.${name}`;
      if (!Object.hasOwn(now, name)) {
        return [direction === "request" ? `${place} is not taken any more` : `${place} is gone`];
      }
      return this.breaks({ direction, where: place, before: nodeAt(old, name), after: nodeAt(now, name) });
    });
  }

  #ofInner({ direction, where, before, after }: Pair, name: string, sign: string): string[] {
    if (typeof before[name] !== "object" || typeof after[name] !== "object") return [];
    return this.breaks({ direction, where: where + sign, before: nodeAt(before, name), after: nodeAt(after, name) });
  }
}

/** The kinds of value that a schema allows, each as a schema of one type. */
function kindsOf(document: Node, schema: Node): readonly Node[] {
  const whole = resolved(document, schema);
  const choices = [...listAt(whole, "anyOf"), ...listAt(whole, "oneOf")];
  if (choices.length > 0) return choices.flatMap((choice) => kindsOf(document, choice as Node));
  const types = listAt(whole, "type");
  return types.length > 0 ? types.map((type) => ({ ...whole, type })) : [whole];
}

function typeOf(schema: Node): string {
  if (typeof schema["type"] === "string") return schema["type"];
  const [value] = valuesOf(schema) ?? [];
  if (value !== undefined) return typeof value;
  return "properties" in schema ? "object" : ANYTHING;
}

/** Whether whatever is of the narrow kind is of the wide one as well. */
function takes(wide: Node, narrow: Node): boolean {
  const [outer, inner] = [typeOf(wide), typeOf(narrow)];
  return outer === inner || outer === ANYTHING || (outer === "number" && inner === "integer");
}

function valuesOf(schema: Node): readonly unknown[] | null {
  if ("const" in schema) return [schema["const"]];
  return "enum" in schema ? listAt(schema, "enum") : null;
}

/** What a client could send before. Of answers it must expect new values. */
function valueBreaks({ where, before, after }: Pair): string[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (!now) return [];
  if (!old) return [`${where} takes only ${now.join(", ")} now`];
  return old.filter((value) => !now.includes(value)).map((value) => `${where} does not take ${value} any more`);
}

function boundBreaks({ where, before, after }: Pair): string[] {
  const bound = (schema: Node, name: string, none: number) => Number(schema[name] ?? none);
  const raised = LOWER_BOUNDS.filter((name) => bound(after, name, -Infinity) > bound(before, name, -Infinity));
  const lowered = UPPER_BOUNDS.filter((name) => bound(after, name, Infinity) < bound(before, name, Infinity));
  const pattern = after["pattern"] !== undefined && after["pattern"] !== before["pattern"];
  return [
    ...[...raised, ...lowered].map((name) => `${where} has ${name} ${after[name]} now`),
    ...(pattern ? [`${where} must match ${after["pattern"]} now`] : []),
  ];
}

function requiredBreaks({ direction, where, before, after }: Pair): string[] {
  const [old, now] = [listAt(before, "required"), listAt(after, "required")];
  if (direction === "request") {
    return now.filter((name) => !old.includes(name)).map((name) => `${where}.${name} is required now`);
  }
  const here = nodeAt(after, "properties");
  const missing = old.filter((name) => !now.includes(name) && Object.hasOwn(here, String(name)));
  return missing.map((name) => `${where}.${name} may be missing now`);
}
