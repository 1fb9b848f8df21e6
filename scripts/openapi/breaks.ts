import { listAt, type Node, nodeAt, resolved } from "./node.ts";
import { SchemaComparison } from "./schema-breaks.ts";

interface Documents {
  readonly before: Node;
  readonly after: Node;
  readonly schemas: SchemaComparison;
}

interface Operations {
  readonly where: string;
  readonly old: Node;
  readonly now: Node;
}

/**
 * What of a newer OpenAPI document breaks clients of an older one, a sentence each: what a client could ask for, send and
 * rely on must stay. New paths, methods, optional fields, values and errors are none: clients must expect them.
 */
export function breaksBetween(before: Node, after: Node): string[] {
  const documents = { before, after, schemas: new SchemaComparison(before, after) };
  return Object.entries(nodeAt(before, "paths")).flatMap(([path, methods]) => {
    const there = nodeAt(after, "paths", path);
    return Object.entries(nodeAt(methods)).flatMap(([method, operation]) => {
      const where = `${method.toUpperCase()} ${path}`;
      if (!Object.hasOwn(there, method)) return [`${where} is gone`];
      return operationBreaks(documents, { where, old: nodeAt(operation), now: nodeAt(there, method) });
    });
  });
}

function operationBreaks(documents: Documents, pair: Operations): string[] {
  const { where, old, now } = pair;
  const named = old["operationId"] === now["operationId"] ? [] : [`${where} is called ${now["operationId"]} now`];
  return [
    ...named,
    ...securityBreaks(documents, pair),
    ...parameterBreaks(documents, pair),
    ...bodyBreaks(documents, pair),
    ...responseBreaks(documents, pair),
  ];
}

/** Every way to say who is asking must be a way still; where nobody had to, nobody has to. */
function securityBreaks({ before, after }: Documents, { where, old, now }: Operations): string[] {
  const waysOf = (document: Node, operation: Node) => {
    const ways = listAt("security" in operation ? operation : document, "security");
    return ways.map((way) => {
      const schemes = Object.keys(Object(way)).sort();
      return schemes.map((name) => schemeOf(nodeAt(document, "components", "securitySchemes", name))).join(" and ");
    });
  };
  const [ways, left] = [waysOf(before, old), new Set(waysOf(after, now))];
  if (left.size === 0 || left.has("")) return [];
  if (ways.length === 0) return [`${where} asks who is asking now`];
  return ways.filter((way) => !left.has(way)).map((way) => `${where} does not take ${way || "nobody"} any more`);
}

function schemeOf(scheme: Node): string {
  return ["type", "scheme", "in", "name"].flatMap((name) => scheme[name] ?? []).join(" ");
}

function parameterBreaks({ before, after, schemas }: Documents, { where, old, now }: Operations): string[] {
  const [given, taken] = [parametersOf(before, old), parametersOf(after, now)];
  const gone = [...given.keys()].filter((name) => !taken.has(name)).map((name) => `${where} takes no ${name} any more`);
  const changed = [...taken].flatMap(([name, parameter]) => {
    const known = given.get(name);
    const needed = parameter["required"] === true && known?.["required"] !== true;
    const place = `the ${name} of ${where}`;
    if (!known) return needed ? [`${place} is required now`] : [];
    const pair = { before: nodeAt(known, "schema"), after: nodeAt(parameter, "schema") };
    return [
      ...(needed ? [`${place} is required now`] : []),
      ...schemas.breaks({ direction: "request", where: place, ...pair }),
    ];
  });
  return [...gone, ...changed];
}

/** By where they stand and what they are called. */
function parametersOf(document: Node, operation: Node): ReadonlyMap<string, Node> {
  return new Map(
    listAt(operation, "parameters").map((each) => {
      const parameter = resolved(document, each as Node);
      const [place, name] = [String(parameter["in"]), String(parameter["name"])];
      return [`${place} ${place === "header" ? name.toLowerCase() : name}`, parameter];
    }),
  );
}

function bodyBreaks({ before, after, schemas }: Documents, { where, old, now }: Operations): string[] {
  const [given, taken] = [nodeAt(old, "requestBody"), nodeAt(now, "requestBody")];
  const [sent, read] = [resolved(before, given), resolved(after, taken)];
  const [types, readable] = [nodeAt(sent, "content"), nodeAt(read, "content")];
  const needed = read["required"] === true && sent["required"] !== true;
  const media = Object.keys(types).flatMap((type) => {
    if (!Object.hasOwn(readable, type)) return [`the body of ${where} may not be ${type} any more`];
    const pair = { before: nodeAt(types, type, "schema"), after: nodeAt(readable, type, "schema") };
    return schemas.breaks({ direction: "request", where: `the body of ${where}`, ...pair });
  });
  return [...(needed ? [`the body of ${where} is required now`] : []), ...media];
}

function responseBreaks(documents: Documents, { where, old, now }: Operations): string[] {
  const [answered, answers] = [nodeAt(old, "responses"), nodeAt(now, "responses")];
  return Object.keys(answered).flatMap((status) => {
    const place = `${where} ${status}`;
    // To be refused for fewer reasons breaks nobody.
    if (!Object.hasOwn(answers, status)) return /^[23]/.test(status) ? [`${place} is gone`] : [];
    const before = resolved(documents.before, nodeAt(answered, status));
    const after = resolved(documents.after, nodeAt(answers, status));
    return [...contentBreaks(documents, place, before, after), ...headerBreaks(documents, place, before, after)];
  });
}

function contentBreaks({ schemas }: Documents, where: string, before: Node, after: Node): string[] {
  const [old, now] = [nodeAt(before, "content"), nodeAt(after, "content")];
  const gone = Object.keys(old).filter((type) => !Object.hasOwn(now, type));
  const fresh = Object.keys(now).filter((type) => !Object.hasOwn(old, type));
  const same = Object.keys(old).filter((type) => Object.hasOwn(now, type));
  return [
    ...gone.map((type) => `${where} is not ${type} any more`),
    ...fresh.map((type) => `${where} may be ${type} now`),
    ...same.flatMap((type) => {
      const pair = { before: nodeAt(old, type, "schema"), after: nodeAt(now, type, "schema") };
      const [events, left] = [nodeAt(old, type, "x-events"), nodeAt(now, type, "x-events")];
      return [
        ...schemas.breaks({ direction: "response", where, ...pair }),
        ...Object.keys(events).flatMap((event) => {
          const place = `the event ${event} of ${where}`;
          if (!Object.hasOwn(left, event)) return [`${place} is gone`];
          const each = { before: nodeAt(events, event), after: nodeAt(left, event) };
          return schemas.breaks({ direction: "response", where: place, ...each });
        }),
      ];
    }),
  ];
}

function headerBreaks({ before, after }: Documents, where: string, older: Node, newer: Node): string[] {
  const isSure = (document: Node, headers: Node, name: string) =>
    Object.hasOwn(headers, name) && resolved(document, nodeAt(headers, name))["required"] === true;
  const [old, now] = [nodeAt(older, "headers"), nodeAt(newer, "headers")];
  return Object.keys(old)
    .filter((name) => isSure(before, old, name) && !isSure(after, now, name))
    .map((name) => `${where} may lack the header ${name} now`);
}
