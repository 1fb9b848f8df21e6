/** Finds a place on this machine for all that the services of a compose file know by ports and paths. */
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { freePort } from "@flashgate/local";
import type { ComposeFile, ComposeService } from "./compose-file.ts";
import { listenersOf } from "./nginx-settings.ts";
import { type Place, Places } from "./places.ts";

/** What a service is here: a process of this project, the server that an image holds, or nothing. */
export type Kind = "own" | "postgres" | "redis" | "nginx" | "left_out";

export function kindOf({ build, image }: ComposeService): Kind {
  if (build !== undefined) return "own";
  const name = image.split(":")[0];
  return name === "postgres" || name === "redis" || name === "nginx" ? name : "left_out";
}

export const NGINX_CONF = "/etc/nginx/nginx.conf";
const STORE_PORTS = { postgres: 5432, redis: 6379 };

export interface LayoutParts {
  readonly compose: ComposeFile;
  /** Of the project. */
  readonly root: string;
  /** For what the containers would write. */
  readonly folder: string;
  /** Where the secrets are, by the names of their files. */
  readonly secretsDir: string;
}

/** Makes the folders of volumes, and chooses free ports. */
export async function layOut(parts: LayoutParts): Promise<Places> {
  const taken = new Set<number>();
  const places = new Map<string, Place>();
  for (const [name, service] of Object.entries(parts.compose.services)) {
    if (kindOf(service) === "left_out") continue;
    const paths = pathsOf(name, service, parts);
    const ports = new Map<number, number>();
    for (const port of portsOf(service, paths)) ports.set(port, await anotherPort(taken));
    const addresses = Object.values(service.networks).flatMap((network) => network.ipv4_address ?? []);
    places.set(name, { ports, paths, addresses });
  }
  return new Places(places);
}

function pathsOf(name: string, service: ComposeService, { compose, root, folder, secretsDir }: LayoutParts) {
  const mounts = service.volumes.map((volume): [string, string] => {
    const [source = "", target = ""] = volume.split(":");
    const here = source.startsWith(".") || isAbsolute(source) ? resolve(root, source) : volumeFolder(folder, source);
    return [target, here];
  });
  const secrets = service.secrets.map((secret): [string, string] => {
    const file = compose.secrets[secret]?.file;
    if (file === undefined) throw new Error(`${name} has a secret ${secret}, which the file does not know`);
    return [`/run/secrets/${secret}`, join(secretsDir, file.slice(file.lastIndexOf("/") + 1))];
  });
  const temporary = service.tmpfs.map((path): [string, string] => [path, volumeFolder(folder, `${name}${path}`)]);
  return new Map([...mounts, ...secrets, ...temporary]);
}

/** Made where missing, for whoever its server runs as. */
function volumeFolder(folder: string, name: string): string {
  const made = join(folder, "volumes", name);
  mkdirSync(made, { recursive: true });
  chmodSync(made, 0o777);
  return made;
}

function portsOf(service: ComposeService, paths: ReadonlyMap<string, string>): number[] {
  const kind = kindOf(service);
  switch (kind) {
    case "postgres":
    case "redis":
      return [STORE_PORTS[kind]];
    case "nginx":
      return listenersOf(readFileSync(paths.get(NGINX_CONF) ?? "", "utf8")).map(({ port }) => port);
    case "own":
      return ["PORT", "OPS_PORT"].flatMap((setting) => {
        const port = service.environment[setting];
        return port ? [Number(port)] : [];
      });
    case "left_out":
      return [];
    default:
      return kind satisfies never;
  }
}

async function anotherPort(taken: Set<number>): Promise<number> {
  for (;;) {
    const port = await freePort(undefined);
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
}
