import net from "node:net";

/**
 * One command to a Redis, on a connection of its own: the words of its reply, numbers as text. Rejects on an error reply.
 * For words without line breaks and leading type marks, which is all that the tests ask for.
 */
export function redisCommand(url: string, ...words: readonly (string | number)[]): Promise<string[]> {
  const { hostname, port, password } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.write([["AUTH", password], words, ["QUIT"]].map(encoded).join(""));
    });
    let replies = "";
    socket.on("data", (chunk) => (replies += String(chunk)));
    socket.once("error", reject);
    socket.once("close", () => {
      const lines = replies.split("\r\n");
      const error = lines.find((line) => line.startsWith("-"));
      // Of AUTH the first, of QUIT the last.
      if (error === undefined) resolve(lines.slice(1, -2).flatMap(wordOf));
      else reject(new Error(error));
    });
  });
}

function encoded(words: readonly (string | number)[]): string {
  const parts = words.map(String).map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${parts.length}\r\n${parts.join("")}`;
}

/** Lengths are no words. */
function wordOf(line: string): string[] {
  return /^[$*]/.test(line) ? [] : [line.replace(/^[+:]/, "")];
}

/** Moves a cart's deadline to the moment it was reserved, as if its time were over. */
export async function passDeadline(url: string, sale: { id: string; epoch: number }, checkoutId: string) {
  const key = (name: string) => `flashgate:{${sale.id}}:${sale.epoch}:${name}`;
  const [hold = ""] = await redisCommand(url, "HGET", key("holds"), checkoutId);
  const [mode, sinceMs, , ...rest] = hold.split("|");
  await redisCommand(url, "HSET", key("holds"), checkoutId, [mode, sinceMs, sinceMs, ...rest].join("|"));
  await redisCommand(url, "ZADD", key("due"), 0, checkoutId);
}

/** Drops every key of the queue, as an operator might who wants to be rid of it; resolves to how many there were. */
export async function obliterateQueue(url: string): Promise<number> {
  const keys = await redisCommand(url, "KEYS", "{flashgate-settlement}:*");
  if (keys.length > 0) await redisCommand(url, "DEL", ...keys);
  return keys.length;
}
