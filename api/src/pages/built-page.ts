import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";

/** What a built file is sent as; what is not here is no part of a page. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
};

export const ENCODINGS = ["br", "gzip"] as const;
export type Encoding = (typeof ENCODINGS)[number];

const SUFFIX: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

/** A file of a page, in memory, as it is and as it was compressed by the build. */
export interface BuiltFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly compressed: Readonly<Partial<Record<Encoding, Buffer>>>;
}

/** A page that the build of `@flashgate/web` left: its document, and what that names, by file name. */
export interface BuiltPage {
  readonly document: BuiltFile;
  readonly assets: ReadonlyMap<string, BuiltFile>;
}

/** Reads a built page whole. Null, and `onAbsent` is told, where it was not built. */
export function readBuiltPage(name: string, onAbsent: (name: string) => void): BuiltPage | null {
  const folder = folderOf(name);
  if (folder === null) {
    onAbsent(name);
    return null;
  }
  const assets = join(folder, "assets");
  const files = readdirSync(assets).filter((file) => extname(file) in TYPES);
  return {
    document: readBuiltFile(join(folder, "index.html")),
    assets: new Map(files.map((file) => [file, readBuiltFile(join(assets, file))])),
  };
}

function folderOf(name: string): string | null {
  const { resolve } = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = resolve("@flashgate/web/package.json");
  } catch {
    return null;
  }
  const folder = join(dirname(manifest), "dist", name);
  return existsSync(join(folder, "index.html")) ? folder : null;
}

function readBuiltFile(path: string): BuiltFile {
  const plain = readFileSync(path);
  const found = ENCODINGS.filter((encoding) => existsSync(path + SUFFIX[encoding]));
  return {
    type: TYPES[extname(path)] ?? "",
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 16)}"`,
    plain,
    compressed: Object.fromEntries(found.map((encoding) => [encoding, readFileSync(path + SUFFIX[encoding])])),
  };
}
