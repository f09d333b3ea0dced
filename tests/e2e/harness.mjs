// What every end-to-end spec shares: the browser, the two addresses, and a page that fails the test
// when anything goes wrong in it unseen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";

// The packages lie in the per-user cache, which NODE_PATH names; only `require` looks there.
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");

function fromEnvironment(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set; run the tests with: cargo xtask test --only e2e`);
  }
  return value;
}

/** The page with all hosting headers. */
export const isolatedUrl = fromEnvironment("TIMESLICE_URL");
/** The same page without the headers that isolate it. */
export const plainUrl = fromEnvironment("TIMESLICE_URL_WITHOUT_ISOLATION");

/** What the browser is started with, everywhere: the same list as in webdriver.json. */
const options = JSON.parse(readFileSync(new URL("../../webdriver.json", import.meta.url), "utf8"));
const args = options["goog:chromeOptions"].args.filter((arg) => arg !== "--headless");

let browser;
async function start() {
  browser ??= await chromium.launch({ executablePath: fromEnvironment("TIMESLICE_CHROMIUM"), args, headless: true });
  return browser;
}
after(async () => {
  await browser?.close();
});

/**
 * One test in a fresh browser context. `body` gets `{ page, context, problems }`; `problems` lists page
 * errors, console errors and violations of the security policy, and must be empty at the end: a test
 * that causes one on purpose takes it out of the list.
 */
export function pageTest(name, body, contextOptions = {}) {
  test(name, { timeout: 120_000 }, async () => {
    const context = await (await start()).newContext({ viewport: { width: 1280, height: 800 }, ...contextOptions });
    const problems = [];
    try {
      const page = await watch(await context.newPage(), problems);
      await body({ page, context, problems });
      assert.deepEqual(problems, [], "nothing goes wrong unseen");
    } finally {
      await context.close();
    }
  });
}

/** Collects what goes wrong in a page. For pages that a test opens besides its first one. */
export async function watch(page, problems) {
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      problems.push(`console: ${message.text()}`);
    }
  });
  page.on("requestfailed", (request) => problems.push(`request failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) {
      problems.push(`status ${response.status()}: ${response.url()}`);
    }
  });
  return page;
}

/** Starts a worker from one of our own entries and gives its first message, within a limit. */
export function firstMessage(page, entry) {
  return page.evaluate(
    (entry) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL(entry, document.baseURI), { type: "module" });
        const limit = setTimeout(() => reject(new Error(`${entry} said nothing for 20 s`)), 20_000);
        worker.onmessage = ({ data }) => {
          clearTimeout(limit);
          worker.terminate();
          resolve(data);
        };
        worker.onerror = (event) => {
          clearTimeout(limit);
          reject(new Error(`${entry}: ${event.message}`));
        };
      }),
    entry,
  );
}

/** Finds what hinders readers with assistive technology; each finding in one line. */
export async function accessibilityFindings(page) {
  // Through the debugger, not as a script of the page, so that its security policy stays as it is.
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`));
  });
}

export { assert };
