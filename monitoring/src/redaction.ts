const CENSOR = "[redacted]";
const SECRET = "(?:ticket|authorization|password|secret|token)";

/** Each keeps what it captures. They look at text, so a secret is found at any depth and inside a message or a stack. */
const SECRETS: readonly RegExp[] = [
  // "password":"…", also where the JSON is itself quoted in a string
  new RegExp(String.raw`("[\w-]*${SECRET}\\*"\s*:\s*\\*")(?:[^"\\]|\\.)*`, "gi"),
  // password=… of a query or a connection string
  new RegExp(String.raw`(${SECRET}=)[^\s"&\\]+`, "gi"),
  // redis://user:…@host
  /(:\/\/)[^\s"/]*(?=@)/g,
  // /v1/tickets/…, but not the route /v1/tickets/:ticket
  /(\/tickets\/)(?![:{])[^\s"/?#\\]+/g,
  /(\bBearer\s+)[\w.~+/=-]+/gi,
];

/** A line of JSON without the secrets in it, still JSON: tickets, passwords, tokens, the credentials of URLs. */
export function redact(line: string): string {
  return SECRETS.reduce((text, secret) => text.replace(secret, `$1${CENSOR}`), line);
}
