import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { findNginx } from "../src/find-nginx.ts";
import { script, testFolder } from "./folder.ts";

const never = new AbortController().signal;
const find = (env: NodeJS.ProcessEnv) => findNginx(env, testFolder(), never);
const fake = (folder: string, version: string, ...modules: string[]) =>
  script(folder, "nginx", [`echo "nginx version: nginx/${version} ${modules.join(" ")}" >&2`]);
const MODULES = ["--with-http_ssl_module", "--with-http_v2_module"];

test("an nginx on PATH is the one that runs, and one without HTTP/2 is passed over", async () => {
  const [bare, good] = [testFolder(), testFolder()];
  fake(bare, "1.28.0", "--with-http_ssl_module");
  const file = fake(good, "1.22.1", ...MODULES);
  const found = await find({ PATH: [bare, good].join(delimiter) });
  expect(found).toMatchObject({ file, version: "1.22.1", origin: file });
});

test("NGINX_SERVER is used before PATH, and not passed over when it is unfit", async () => {
  const [chosen, path] = [testFolder(), testFolder()];
  fake(path, "1.28.0", ...MODULES);
  const bare = fake(chosen, "1.28.0");
  const search = find({ PATH: path, NGINX_SERVER: bare });
  await expect(search).rejects.toThrow(`NGINX_SERVER ${bare} was built without http_ssl_module, http_v2_module`);
  await expect(search).rejects.toThrow("sudo apt-get install nginx");
  const missing = join(chosen, "missing");
  await expect(find({ PATH: path, NGINX_SERVER: missing })).rejects.toThrow(`NGINX_SERVER ${missing} does not run`);
});
