import { renameSync, writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { CommandFault } from "../command-fault.ts";
import { print } from "./terminal.ts";

const PASSWORDS = { gate: "REDIS_GATE_PASSWORD", opener: "REDIS_OPENER_PASSWORD", queue: "REDIS_QUEUE_PASSWORD" };
const MONITOR_PASSWORD = "REDIS_MONITOR_PASSWORD";
const BYTES_MIN = 16;

/** `flashgate redis-users` */
export function addRedisUsers(program: Command): void {
  program
    .command("redis-users")
    .summary("print the Redis users that the processes need")
    .description(
      'Prints three users as lines of redis.conf or of an ACL file, with their passwords hashed: "flashgate_gate" for the REDIS_URL of api and worker, "flashgate_opener" for that of the scheduler, "flashgate_queue" for the REDIS_QUEUE_URL of all of them. Each may do what its process does and no more: only the opener can load scripts. "flashgate up" does it by itself for its own Redis.',
    )
    .addOption(new Option("--acl-file <path>", "write them there, as an ACL file that lets nobody else in"))
    .addHelpText("after", HELP)
    .action(async ({ aclFile }: { aclFile?: string }) => {
      const lines = await userLines(process.env);
      if (aclFile === undefined) for (const line of lines) print(line);
      else writeAclFile(aclFile, lines);
    });
}

const HELP = `
Environment: ${Object.values(PASSWORDS).join(", ")} (≥ ${BYTES_MIN} bytes each); with ${MONITOR_PASSWORD},
also "flashgate_monitor" for probes and exporters: what the server says of itself, and no key.

Example:
  flashgate redis-users >> redis.conf`;

/** The lines, with the passwords of `env`. Throws a CommandFault that names every password that is missing or short. */
export async function userLines(env: NodeJS.ProcessEnv): Promise<string[]> {
  const monitored = env[MONITOR_PASSWORD] !== undefined;
  const wanted = [...Object.values(PASSWORDS), ...(monitored ? [MONITOR_PASSWORD] : [])];
  const short = wanted.filter((name) => Buffer.byteLength(env[name] ?? "") < BYTES_MIN);
  if (short.length > 0) {
    throw new CommandFault(
      `${short.join(", ")} must have at least ${BYTES_MIN} bytes: make one with "openssl rand -hex 16"`,
    );
  }
  const { monitorUser, redisUsers } = await import("@flashgate/redis");
  const of = (user: keyof typeof PASSWORDS) => env[PASSWORDS[user]] ?? "";
  const users = redisUsers({ gate: of("gate"), opener: of("opener"), queue: of("queue") });
  return monitored ? [...users, monitorUser(env[MONITOR_PASSWORD] ?? "")] : users;
}

/** Without this line everybody is let in who names no user. */
const NOBODY_ELSE = "user default off";

/** Never half written. Readable by all: Redis runs as a user of its own, and what is in it is hashed. */
export function writeAclFile(path: string, lines: readonly string[]): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${[NOBODY_ELSE, ...lines].join("\n")}\n`, { mode: 0o644 });
    renameSync(draft, path);
  } catch (error) {
    throw new CommandFault(`--acl-file ${path} cannot be written: ${(error as Error).message}`);
  }
}
