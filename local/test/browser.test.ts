import { openBrowser, setup } from "@flashgate/local/testing/browser";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("says what to install where the program that was named is none, and installs nothing", async () => {
  vi.stubEnv("CHROMIUM", "/nowhere/chromium");
  await expect(setup()).rejects.toThrow("apt-get install chromium");
  await expect(openBrowser()).rejects.toThrow("or set CHROMIUM to its program");
});
