/** A part of an OpenAPI document, as it was parsed. */
export type Node = Readonly<Record<string, unknown>>;

/** What stands under a name; empty where nothing does. */
export function nodeAt(node: unknown, ...names: readonly string[]): Node {
  return Object(names.reduce<unknown>((inner, name) => Object(inner)[name], node));
}

export function listAt(node: unknown, name: string): readonly unknown[] {
  const list = Object(node)[name];
  return Array.isArray(list) ? list : [];
}

/** The part itself, or what it refers to, with what stands beside the reference. Throws where it leads nowhere. */
export function resolved(document: Node, node: Node): Node {
  const { $ref, ...beside } = node;
  if (typeof $ref !== "string") return node;
  const target = $ref
    .slice(2)
    .split("/")
    .reduce<unknown>((inner, name) => Object(inner)[name.replaceAll("~1", "/").replaceAll("~0", "~")], document);
  if (typeof target !== "object" || target === null) throw new Error(`${$ref} leads nowhere`);
  const found = resolved(document, target as Node);
  const properties = { ...nodeAt(found, "properties"), ...nodeAt(beside, "properties") };
  return { ...found, ...beside, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}
