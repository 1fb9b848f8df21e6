import type { Command } from "commander";
import { CommandFault } from "../command-fault.ts";
import { print } from "./terminal.ts";

const PASSWORDS = { gate: "REDIS_GATE_PASSWORD", opener: "REDIS_OPENER_PASSWORD", queue: "REDIS_QUEUE_PASSWORD" };
const BYTES_MIN = 16;

/** `flashgate redis-users` */
export function addRedisUsers(program: Command): void {
  program
    .command("redis-users")
    .summary("print the Redis users that the processes need")
    .description(
      'Prints three users as lines of redis.conf or of an ACL file, with their passwords hashed: "flashgate_gate" for the REDIS_URL of api and worker, "flashgate_opener" for that of the scheduler, "flashgate_queue" for the REDIS_QUEUE_URL of all of them. Each may do what its process does and no more: only the opener can load scripts. "flashgate up" does it by itself for its own Redis.',
    )
    .addHelpText("after", HELP)
    .action(async () => {
      for (const line of await userLines(process.env)) print(line);
    });
}

const HELP = `
Environment: ${Object.values(PASSWORDS).join(", ")} (≥ ${BYTES_MIN} bytes each)

Example:
  flashgate redis-users >> redis.conf`;

/** The lines, with the passwords of `env`. Throws a CommandFault that names every password that is missing or short. */
export async function userLines(env: NodeJS.ProcessEnv): Promise<string[]> {
  const short = Object.values(PASSWORDS).filter((name) => Buffer.byteLength(env[name] ?? "") < BYTES_MIN);
  if (short.length > 0) {
    throw new CommandFault(
      `${short.join(", ")} must have at least ${BYTES_MIN} bytes: make one with "openssl rand -hex 16"`,
    );
  }
  const { redisUsers } = await import("@flashgate/redis");
  const of = (user: keyof typeof PASSWORDS) => env[PASSWORDS[user]] ?? "";
  return redisUsers({ gate: of("gate"), opener: of("opener"), queue: of("queue") });
}
