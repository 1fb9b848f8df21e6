// A process as the supervisor knows it: says that it is ready, and writes its service into a file when it is ended.
import { appendFileSync } from "node:fs";

const [service] = process.argv.slice(2);
process.on("SIGTERM", () => {
  appendFileSync(process.env.ENDED_FILE, `${service}\n`);
  process.exit(0);
});
process.on("disconnect", () => process.exit(1));
process.send({ kind: "ready", service, url: "http://127.0.0.1:1", opsUrl: "http://127.0.0.1:2" });
