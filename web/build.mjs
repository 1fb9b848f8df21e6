// Builds the pages into dist: one script and one style sheet a page, named by their content, beside them what they are
// compressed. Plain JavaScript on purpose: the set-up runs it before anything is compiled.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
/** Each is a folder of src with a main.tsx, a style.css and an index.html, and becomes a folder of dist. */
const PAGES = ["storefront"];
/** What is smaller already is not compressed again. */
const COMPRESSIBLE = /\.(?:html|js|css|svg|txt)$/;

for (const page of PAGES) await buildPage(page);

async function buildPage(page) {
  const [source, target] = [join(root, "src", page), join(root, "dist", page)];
  rmSync(target, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [join(source, "main.tsx"), join(source, "style.css")],
    outdir: join(target, "assets"),
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "safari17"],
    jsx: "automatic",
    jsxImportSource: "preact",
    conditions: ["source"],
    loader: { ".woff2": "file" },
    legalComments: "eof",
    metafile: true,
    logLevel: "warning",
  });
  const files = Object.keys(metafile.outputs).map((path) => basename(path));
  const named = (pattern) => {
    const [name, ...more] = files.filter((file) => pattern.test(file));
    if (name === undefined || more.length > 0) throw new Error(`${page}: not one file of ${pattern}, but ${files}`);
    return `assets/${name}`;
  };
  const html = readFileSync(join(source, "index.html"), "utf8")
    .replace("%SCRIPT%", named(/\.js$/))
    .replace("%STYLE%", named(/\.css$/))
    .replace("%FONT%", named(/\.woff2$/));
  writeFileSync(join(target, "index.html"), html);
  for (const path of ["index.html", ...files.map((file) => `assets/${file}`)]) compress(join(target, path));
}

function compress(path) {
  if (!COMPRESSIBLE.test(path)) return;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
