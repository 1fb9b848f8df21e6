import { CommandFault } from "./command-fault.ts";

/** What may stand in a file of its own, which `<name>_FILE` names. */
const NAMES = [
  "DATABASE_URL",
  "DATABASE_PASSWORD",
  "DATABASE_ROLE_PASSWORD",
  "DATABASE_MONITOR_PASSWORD",
  "REDIS_URL",
  "REDIS_PASSWORD",
  "REDIS_QUEUE_URL",
  "REDIS_QUEUE_PASSWORD",
  "REDIS_GATE_PASSWORD",
  "REDIS_OPENER_PASSWORD",
  "REDIS_MONITOR_PASSWORD",
  "TICKET_SECRET",
  "TICKET_SECRET_PREVIOUS",
  "JWT_SECRET",
  "OPS_TOKEN",
] as const;

/** The password that each URL takes which names a user and no password. */
const PASSWORDS = [
  ["DATABASE_URL", "DATABASE_PASSWORD"],
  ["REDIS_URL", "REDIS_PASSWORD"],
  ["REDIS_QUEUE_URL", "REDIS_QUEUE_PASSWORD"],
] as const;

/**
 * Puts into `env` what its `<name>_FILE` settings name, in their place, and into each URL without a password the one that
 * stands beside it: an orchestrator hands out files and passwords, not URLs. Throws a CommandFault that names every fault.
 */
export function takeSecrets(env: NodeJS.ProcessEnv, read: (file: string) => string): void {
  const unread = NAMES.flatMap((name) => takeFile(env, name, read));
  const unfit = PASSWORDS.flatMap(([url, password]) => givePassword(env, url, password));
  const faults = [...unread, ...unfit];
  if (faults.length > 0) throw new CommandFault(faults.join("\n  "));
}

function takeFile(env: NodeJS.ProcessEnv, name: string, read: (file: string) => string): string[] {
  const variable = `${name}_FILE`;
  const file = env[variable];
  if (!file) return [];
  if (env[name]) return [`${name} and ${variable} are both set: leave one of them out`];
  try {
    const secret = read(file).trim();
    if (secret === "") return [`${variable}: ${file} is empty`];
    env[name] = secret;
    // a process that is started by this one is handed the secret, and must not be handed both
    delete env[variable];
    return [];
  } catch (error) {
    return [`${variable}: ${file} cannot be read (${(error as Error).message})`];
  }
}

function givePassword(env: NodeJS.ProcessEnv, name: string, variable: string): string[] {
  const [text, password] = [env[name] ?? "", env[variable]];
  if (!password || !URL.canParse(text)) return [];
  const url = new URL(text);
  const given = decodeURIComponent(url.password);
  if (given !== "" && given !== password) {
    return [`${variable} is not the password that ${name} holds: leave it out of one of them`];
  }
  // set as it is, "%41" would be read as "A"
  url.password = encodeURIComponent(password);
  env[name] = url.href;
  return [];
}
