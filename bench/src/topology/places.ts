/** Of one service: its ports and paths as it knows them, and where they are on this machine. */
export interface Place {
  readonly ports: ReadonlyMap<number, number>;
  readonly paths: ReadonlyMap<string, string>;
  /** Addresses of its own that a compose file gives it. */
  readonly addresses: readonly string[];
}

export const HOST = "127.0.0.1";
/** How a service calls itself. */
const OWN_NAMES = [HOST, "0.0.0.0", "localhost"];

/** Where on this machine everything is that a compose file knows by service names, ports and paths of containers. */
export class Places {
  readonly #places: ReadonlyMap<string, Place>;

  constructor(places: ReadonlyMap<string, Place>) {
    this.#places = places;
  }

  /** Throws where nobody listens there. */
  port(service: string, port: number): number {
    const found = this.#places.get(service)?.ports.get(port);
    if (found === undefined) throw new Error(`${service}:${port} is asked for, and nothing listens there`);
    return found;
  }

  /** The port of a service that has one. Throws where it has none, or several. */
  onlyPort(service: string): number {
    const [port, ...others] = this.#places.get(service)?.ports.values() ?? [];
    if (port === undefined || others.length > 0) throw new Error(`${service} was to have one port`);
    return port;
  }

  /** Where a path of a service's container is here. Throws where it is mounted from nowhere. */
  path(service: string, path: string): string {
    const found = this.#places.get(service)?.paths.get(path);
    if (found === undefined) throw new Error(`${service} has nothing mounted at ${path}`);
    return found;
  }

  /** A text that `service` is told, with every name of a place replaced by where that is here. */
  told(service: string, text: string): string {
    const own = this.#places.get(service);
    const hosts = [...this.#places.keys(), ...OWN_NAMES].map(literally).join("|");
    const listening = new RegExp(`(?<![\\w.-])(${hosts}):(\\d+)(?![\\w.])`, "g");
    const addresses = [...this.#places.values()].flatMap((place) => place.addresses);
    // the longest first; in one pass, since a path of this machine may look like one of the container
    const paths = [...(own?.paths ?? [])].sort(([a], [b]) => b.length - a.length);
    const local = new Map(paths);
    const path = new RegExp(`(?<![\\w./-])(${paths.map(([name]) => literally(name)).join("|")})(?![\\w.-])`, "g");
    const there = text
      .replaceAll(listening, (_, host: string, port: string) => {
        return `${HOST}:${this.port(OWN_NAMES.includes(host) ? service : host, Number(port))}`;
      })
      .replaceAll(alternatives(addresses), HOST);
    return paths.length === 0 ? there : there.replaceAll(path, (name) => local.get(name) ?? name);
  }
}

/** Matches nothing where there are no words. */
function alternatives(words: readonly string[]): RegExp {
  return words.length === 0 ? /(?!)/g : new RegExp(`(?<![\\d.])(?:${words.map(literally).join("|")})(?![\\d.])`, "g");
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
