/**
 * The style of the house, as a test: `npm run tidy`, or `tsx scripts/tidy.ts <root>` for another tree.
 *
 * Prints each violation as `path:line rule: what is wrong and how to mend it`, then why each broken rule exists,
 * then one line of counts. Exits 1 on any violation.
 */
import { fileURLToPath } from "node:url";
import { rules } from "./tidy/rules.ts";
import { readTree } from "./tidy/tree.ts";

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));
const project = readTree(root);
const broken = rules
  .map((rule) => ({ rule, violations: rule.check(project) }))
  .filter((it) => it.violations.length > 0);
const violationCount = broken.reduce((sum, { violations }) => sum + violations.length, 0);

for (const { rule, violations } of broken) {
  for (const { path, line, message } of violations) console.log(`${path}:${line} ${rule.name}: ${message}`);
}
for (const { rule } of broken) console.log(`why ${rule.name}: ${rule.why}`);
console.log(`tidy: ${project.length} files, ${rules.length} rules, violations: ${violationCount}`);

process.exitCode = violationCount > 0 ? 1 : 0;
