// A process that asks for services, prints where they are as one line of JSON, and then does as it is told:
//   node parent.mjs <dataDir> exit    ends by itself, without stopping anything
//   node parent.mjs <dataDir> hold    stays
//   node parent.mjs <dataDir> drain   on SIGINT uses its database once more, and then ends
// For "temporary" in place of a folder it asks for the services of a test.
import { startLocalServices } from "@flashgate/local";
import { startTestServices } from "@flashgate/local/testing";
import pg from "pg";

const [, , dataDir, conduct] = process.argv;
const settings = { durable: false, redisDurable: true };
const { databaseUrl, redisUrl, pids } =
  dataDir === "temporary" ? await startTestServices(settings) : await startLocalServices({ dataDir, ...settings });

async function drain() {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("SELECT 1");
  await client.end();
  console.log("drained");
  process.exit();
}

if (conduct === "drain") process.once("SIGINT", () => void drain());
console.log(JSON.stringify({ databaseUrl, redisUrl, pids: pids() }));
if (conduct !== "exit") setInterval(() => {}, 60_000);
