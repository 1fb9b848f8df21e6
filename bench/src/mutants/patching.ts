import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutant, Patch } from "./mutant.ts";

/** A patch whose text is not there exactly once: the guard it takes out has moved, and nobody knows what it would test. */
export class PatchMisfit extends Error {
  override readonly name = "PatchMisfit";
}

/** The text with the patch in it. Throws PatchMisfit. */
export function patched(text: string, { file, find, replace }: Patch): string {
  const at = text.indexOf(find);
  if (find === "" || at === -1) throw new PatchMisfit(`${file} does not say: ${find}`);
  if (text.indexOf(find, at + 1) !== -1) throw new PatchMisfit(`${file} says more than once: ${find}`);
  if (find === replace) throw new PatchMisfit(`${file} would stay as it is: ${find}`);
  return text.slice(0, at) + replace + text.slice(at + find.length);
}

/** Every file that the patches touch, with its text after all of them. Throws PatchMisfit. */
export async function patchedFiles(root: string, patches: readonly Patch[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const patch of patches) {
    const text = texts.get(patch.file) ?? (await readFile(join(root, patch.file), "utf8"));
    texts.set(patch.file, patched(text, patch));
  }
  return texts;
}

/** Puts the patches into the files under `root`; all of them or none. Throws PatchMisfit. */
export async function applyPatches(root: string, patches: readonly Patch[]): Promise<void> {
  for (const [file, text] of await patchedFiles(root, patches)) await writeFile(join(root, file), text);
}

/** What is wrong with a catalogue: patches that do not apply to the files under `root`, and names given twice. */
export async function misfitsOf(root: string, mutants: readonly Mutant[]): Promise<string[]> {
  const misfits: string[] = [];
  const names = new Set<string>();
  for (const { name, patches } of mutants) {
    if (names.has(name)) misfits.push(`${name}: the name is taken`);
    names.add(name);
    if (patches.length === 0) misfits.push(`${name}: changes nothing`);
    await patchedFiles(root, patches).catch((error: unknown) => {
      misfits.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  return misfits;
}
