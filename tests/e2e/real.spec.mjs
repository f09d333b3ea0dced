// Real runs to the bottom: threads over shared memory, a thread that crashes, a hidden page, and that
// nothing outlives a run.
import { assert, isolatedUrl, pageTest } from "./harness.mjs";

const run = (page) => page.getByRole("button", { name: "Run it for real" });

/** Opens a mix of the gallery and starts it for real, once. */
async function start(page, slug, model) {
  await page.goto(`${isolatedUrl}#g=${slug}`);
  await page.locator("#figure[data-trace-hash][data-trace-hash-parallel]").waitFor();
  await page.locator("#real-model").selectOption(model);
  await page.locator("#real-repeats").selectOption("1");
  await run(page).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
}

/** Waits until both real panels have been measured. */
async function finish(page) {
  await run(page).waitFor({ timeout: 60_000 });
  assert.doesNotMatch(await page.locator("#figure").innerText(), /Not measured|broke off|counts for nothing/);
}

/** Waits until only the worker that simulates is left. */
async function onlyTheSimulationIsLeft(page) {
  for (let tries = 0; tries < 100 && page.workers().length > 1; tries += 1) {
    await page.waitForTimeout(100);
  }
  assert.equal(page.workers().length, 1, "a run's workers go with it");
}

for (const [slug, model] of [
  ["desktop", "threads"],
  ["helpers", "threads"],
  ["event-loop", "coroutines"],
  ["desktop", "hybrid"],
]) {
  pageTest(`${slug} runs for real as ${model}, and leaves no worker behind`, async ({ page }) => {
    await start(page, slug, model);
    await finish(page);
    await onlyTheSimulationIsLeft(page);
  });
}

pageTest("a thread that crashes takes its pool along, and the next run has another", async ({ page }) => {
  await start(page, "thread-crash", "threads");
  await finish(page);
  await run(page).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await finish(page);
  await onlyTheSimulationIsLeft(page);
});

pageTest("a run counts for nothing once its page is hidden", async ({ page }) => {
  await start(page, "wait-processes", "processes");
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await run(page).waitFor({ timeout: 60_000 });
  assert.match(await page.locator("#figure").innerText(), /hidden/);
  await onlyTheSimulationIsLeft(page);
});
