/** Nothing in the project belongs to one machine or one network. */
import { forbid } from "./forbid.ts";
import type { Rule } from "./project.ts";

const PATH = "say it relative to the project, or take it from an argument";
const REGISTRY = "leave the choice of registry to whoever installs";

export const portable: Rule = {
  name: "portable",
  why: "a clone installs and runs on any machine, behind any mirror",
  check: (project) => [
    ...forbid(project, ({ text }) => text, [
      // An absolute path: the slash before it, if any, is that of file:///. Homebrew's folder is nobody's home.
      { pattern: /(?<![\w.)}\]*-])\/(?:work|home\/(?!linuxbrew\/)[\w.-]+|Users\/[\w.-]+)\//g, mend: PATH },
      { pattern: /\b[A-Z]:\\+Users\\+/g, mend: PATH },
      {
        pattern:
          /\b(?:registry\.(?:npmjs\.org|yarnpkg\.com|npmmirror\.com)|npm\.pkg\.github\.com|(?:deb|security|snapshot)\.debian\.org|(?:archive|security|ports)\.ubuntu\.com|dl-cdn\.alpinelinux\.org|(?:files\.pythonhosted|pypi)\.org)\b/g,
        mend: REGISTRY,
      },
    ]),
    ...forbid(
      project.filter(({ path }) => /(?:^|\/)(?:package-lock\.json|\.npmrc)$/.test(path)),
      ({ text }) => text,
      [
        {
          pattern: /"resolved": "https?:\/\/[^/"]+/g,
          mend: `${REGISTRY}: npm install --omit-lockfile-registry-resolved`,
        },
        { pattern: /^.*\bregistry\s*=.*$/gm, mend: REGISTRY },
      ],
    ),
  ],
};
