import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readBuiltPage } from "../../api/src/pages/built-page.ts";

/** What a phone on a slow line has to load before it can buy. */
const SCRIPT_BYTES_MAX = 60_000;

const page = readBuiltPage("storefront", (name) => {
  throw new Error(`${name} is not built: npm run build`);
});
const assets = [...(page?.assets ?? [])];
const html = page?.document.plain.toString() ?? "";

it("has less script than its budget, compressed by the weaker of the two", () => {
  const scripts = assets.filter(([name]) => name.endsWith(".js"));
  expect(scripts).toHaveLength(1);
  const bytes = scripts.reduce((sum, [, { compressed }]) => sum + (compressed.gzip?.length ?? Number.NaN), 0);
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(SCRIPT_BYTES_MAX);
});

it("names all that it is made of by content, and has nothing inline that its policy would refuse", () => {
  expect(assets.map(([name]) => name.replace(/-[A-Z0-9]{8}(?=\.)/, "-HASH")).sort()).toEqual([
    "geist-latin-wght-normal-HASH.woff2",
    "main-HASH.js",
    "style-HASH.css",
  ]);
  for (const [name] of assets) expect(html).toContain(`/assets/${name}`);
  expect(html).not.toMatch(/%[A-Z]+%|<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
});

it("was compressed as it is", () => {
  const files = [page?.document, ...assets.map(([, file]) => file)].filter((file) => file?.type !== "font/woff2");
  expect(files).toHaveLength(3);
  for (const file of files) {
    expect(brotliDecompressSync(file?.compressed.br ?? Buffer.of())).toEqual(file?.plain);
    expect(gunzipSync(file?.compressed.gzip ?? Buffer.of())).toEqual(file?.plain);
  }
});

it("is not to be had, and says so once, where it was not built", () => {
  const absent: string[] = [];
  expect(readBuiltPage("nowhere", (name) => absent.push(name))).toBeNull();
  expect(absent).toEqual(["nowhere"]);
});
