import { type Finding, fault, warning } from "./finding.ts";

/** One fault of zod's report: what is wrong, and of which setting. */
const ISSUE = /✖ (.*)\n\s*→ at (\S+)/g;
const MISSING = /received undefined$/;
/** What an instance of one's own has too. */
const STORES = new Set(["DATABASE_URL", "REDIS_URL"]);
const OR_UP = ', or start "flashgate up" and name its folder with --data';

/**
 * What a process says of its own environment when it refuses to start: a finding for each setting, or one for what is
 * said of the whole.
 */
export function judgeSettings(service: string, refusal: string): Finding[] {
  const issues = [...refusal.matchAll(ISSUE)].map(([, message = "", setting = ""]) =>
    MISSING.test(message)
      ? fault(`the ${service} needs ${setting}, which is not set`, `set ${setting}${STORES.has(setting) ? OR_UP : ""}`)
      : fault(`${setting} of the ${service} is not usable`, `${setting} ${message}`),
  );
  if (issues.length > 0) return issues;
  const [what = "", fix = ""] = refusal.split(/: (.*)/s);
  return [fault(`the ${service} does not start: ${what}`, fix || "mend it")];
}

/** Bits below which a secret can be tried out. */
const BITS_MIN = 100;
const PLACEHOLDER = /change.?me|secret|passw|example|default|1234567|abcdefg|test/i;
const MAKE = 'make one with "openssl rand -hex 32"';

/** Secrets by the name of their setting; those that are not set are left out. */
export function judgeSecrets(secrets: Readonly<Record<string, string>>): Finding[] {
  const names = Object.entries(secrets);
  return names.flatMap(([name, secret], index) => {
    const twin = names.slice(0, index).find(([, other]) => other === secret)?.[0];
    if (twin)
      return [fault(`${name} is the same as ${twin}: who has one has both`, `give ${name} one of its own: ${MAKE}`)];
    if (bitsOf(secret) < BITS_MIN) return [fault(`${name} can be guessed`, MAKE)];
    return PLACEHOLDER.test(secret) ? [warning(`${name} looks like a placeholder`, MAKE)] : [];
  });
}

/** How much there is to guess: of a text that repeats itself, only what is repeated counts. */
export function bitsOf(secret: string): number {
  const part = secret.slice(0, periodOf(secret));
  const counts = new Map<string, number>();
  for (const character of part) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / part.length);
  return bits;
}

/** After how many characters a text begins again. */
function periodOf(text: string): number {
  for (let period = 1; period < text.length; period += 1) {
    if (text.startsWith(text.slice(period))) return period;
  }
  return text.length;
}
