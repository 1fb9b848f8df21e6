/** The ports that a configuration of nginx listens on, and in which way. */
export function listenersOf(text: string): { readonly port: number; readonly tls: boolean }[] {
  return [...text.matchAll(/^\s*listen\s+(\d+)([^;]*);/gm)].map(([, port, options]) => ({
    port: Number(port),
    tls: /\bssl\b/.test(options ?? ""),
  }));
}

/** The same configuration on other ports of one host. */
export function listeningOn(text: string, host: string, portOf: (port: number) => number): string {
  return text.replaceAll(/^(\s*listen\s+)(\d+)/gm, (_, listen: string, port: string) => {
    return `${listen}${host}:${portOf(Number(port))}`;
  });
}
