import { connect } from "node:net";

/** Sends one command without spaces in its arguments; resolves with the raw reply, or rejects. */
export function redisCommand(redisUrl: string, command: string): Promise<string> {
  const { password, hostname, port } = new URL(redisUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.end(`AUTH ${password}\r\n${command}\r\nQUIT\r\n`);
    });
    let replies = "";
    socket.on("data", (chunk) => {
      replies += chunk.toString();
    });
    socket.once("error", reject);
    socket.once("close", () =>
      resolve(
        replies
          .replace(/^\+OK\r\n/, "")
          .replace(/\+OK\r\n$/, "")
          .trim(),
      ),
    );
  });
}
