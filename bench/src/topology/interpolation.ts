const VARIABLE = /\$(?:(\$)|\{([A-Za-z_]\w*)(?::([-?])([^}]*))?\})/g;

/**
 * Every text of a compose file with its variables filled in: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, and `$$`
 * for a dollar sign. Throws the message where a variable is wanted and not set.
 */
export function interpolate(value: unknown, env: NodeJS.ProcessEnv): unknown {
  if (typeof value === "string") return fill(value, env);
  if (Array.isArray(value)) return value.map((each) => interpolate(each, env));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, interpolate(each, env)]));
}

function fill(text: string, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(VARIABLE, (_, dollar?: string, name = "", kind?: string, more = "") => {
    if (dollar) return dollar;
    const found = env[name];
    if (found) return found;
    if (kind === "?") throw new Error(`${name} is not set: ${more}`);
    return more;
  });
}
