import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { findWrk } from "../src/find-wrk.ts";
import { script, testFolder } from "./folder.ts";

const never = new AbortController().signal;
const find = (env: NodeJS.ProcessEnv) => findWrk(env, testFolder(), never);
/** The real one ends with 1 when it has told its version. */
const fake = (folder: string, version: string) =>
  script(folder, "wrk", [`echo "wrk ${version} [epoll] Copyright"`, "exit 1"]);

test("a wrk on PATH is the one that runs, and one that cannot be is passed over", async () => {
  const [broken, good] = [testFolder(), testFolder()];
  script(broken, "wrk", ["echo 'error while loading shared libraries' >&2", "exit 127"]);
  const file = fake(good, "debian/4.1.0-3+b2");
  const found = await find({ PATH: [broken, good].join(delimiter) });
  expect(found).toMatchObject({ file, version: "4.1.0", origin: file });
});

test("WRK is used before PATH, and not passed over when it is unfit", async () => {
  const [chosen, path] = [testFolder(), testFolder()];
  fake(path, "4.2.0");
  const broken = script(chosen, "wrk", ["echo 'cannot be loaded' >&2", "exit 127"]);
  const search = find({ PATH: path, WRK: broken });
  await expect(search).rejects.toThrow(`WRK ${broken} does not tell its version: cannot be loaded`);
  await expect(search).rejects.toThrow("sudo apt-get install wrk");
});
