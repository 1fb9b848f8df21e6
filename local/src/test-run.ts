/** The `globalSetup` of vitest: one Postgres and one Redis for all files of a test run. */
import type { TestProject } from "vitest/node";
import { startTestServices } from "./testing.ts";

/** Starts them, and tells every test file where they are: `inject("databaseUrl")`, `inject("redisUrl")`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startTestServices();
  project.provide("databaseUrl", services.databaseUrl);
  project.provide("redisUrl", services.redisUrl);
  return services.stop;
}
