/** The private servers cannot be had; the message says why and what to do about it, for whoever typed the command. */
export class LocalServicesError extends Error {
  override readonly name = "LocalServicesError";
}

/** The message of anything thrown; where the file system refuses, with the usual cause. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const isRefused = /^(?:EACCES|EPERM)$/.test((thrown as NodeJS.ErrnoException).code ?? "");
  if (!isRefused) return thrown.message;
  return `${thrown.message}. Perhaps another user made it, or sudo: give it back (sudo chown -R), or choose another.`;
}
