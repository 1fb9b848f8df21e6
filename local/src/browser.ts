/** A Chromium for tests; nothing here is for production. */
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { runCommand } from "./command.ts";
import { findExecutables } from "./path-search.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC_FOLDERS = ["/Applications/Google Chrome.app/Contents/MacOS", "/Applications/Chromium.app/Contents/MacOS"];
const MAC_NAMES = ["Google Chrome", "Chromium"];
const INSTALL_MS_MAX = 600_000;
/** How long a page may keep a test waiting for what it looks for: less than the test itself has, so that it says what. */
const WAIT_MS_MAX = 10_000;

const ADVICE = `The tests in a browser need Chromium, and there is none here. Install the package "chromium"
(Debian: sudo apt-get install chromium; macOS: brew install --cask chromium), or set CHROMIUM to its program.`;

/** The `globalSetup` of test projects with a browser: where there is none, root on Debian gets the package. */
export async function setup(): Promise<void> {
  if (programOf(process.env) !== undefined) return;
  const [aptGet] = findExecutables(["apt-get"], process.env);
  if (process.env["CHROMIUM"] || !aptGet || process.getuid?.() !== 0) throw new Error(ADVICE);
  console.log('test set-up: installing the package "chromium" with apt-get');
  const env = { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
  for (const words of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
    const result = await runCommand(aptGet, ["-qq", ...words], { env, timeoutMs: INSTALL_MS_MAX });
    if (result.kind === "failed") throw new Error(`${ADVICE}\napt-get ${words[0]} failed: ${result.reason}`);
  }
  if (programOf(process.env) === undefined) throw new Error(ADVICE);
}

/** A page, and what was seen of it. */
export interface WatchedPage {
  readonly page: Page;
  /** Every URL it asked for. */
  readonly requests: string[];
  /** What its scripts threw, and what the browser complained of: refused by a policy, not found, not parsed. */
  readonly faults: string[];
}

export interface TestBrowser {
  /** A page in a profile of its own: nobody else's cookies. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Takes a picture; `SCREENSHOTS` names a folder to keep it in as `<name>.png`. */
  picture(page: Page, name: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Starts a browser without a window. Rejects where there is none: see {@link setup}. */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = programOf(process.env);
  if (executablePath === undefined) throw new Error(ADVICE);
  const { chromium } = await import("playwright-core");
  // root has no sandbox, nor has a container; what is opened here is our own
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  return {
    async open(options = {}) {
      const viewport = { width: 1440, height: 900 };
      const context = await browser.newContext({ viewport, locale: "en-US", ...options });
      context.setDefaultTimeout(WAIT_MS_MAX);
      const page = await context.newPage();
      const requests: string[] = [];
      const faults: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
      });
      return { page, requests, faults };
    },
    picture(page, name) {
      const folder = process.env["SCREENSHOTS"];
      return page.screenshot({ animations: "disabled", ...(folder && { path: join(folder, `${name}.png`) }) });
    },
    close: () => browser.close(),
  };
}

function programOf(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env["CHROMIUM"];
  const [found] = chosen
    ? findExecutables([chosen], env)
    : [...findExecutables(NAMES, env), ...findExecutables(MAC_NAMES, {}, MAC_FOLDERS)];
  return found;
}
