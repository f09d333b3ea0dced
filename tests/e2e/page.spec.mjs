// What a visitor does: opens the page, edits, shares, opens links good and bad, runs for real, stops.
import { assert, isolatedUrl, pageTest, plainUrl, watch } from "./harness.mjs";

const figure = "#figure[data-trace-hash][data-trace-hash-parallel]";

/** Opens the page and waits until both simulations are on screen. */
async function open(page, address = isolatedUrl) {
  await page.goto(address);
  await page.locator(figure).waitFor();
}

const hashes = (page) =>
  page.locator("#figure").evaluate((figure) => [figure.dataset.traceHash, figure.dataset.traceHashParallel]);

async function showText(page) {
  await page.locator("label.segment", { hasText: "Text" }).click();
  return page.getByRole("textbox", { name: "The scenario’s text" });
}

pageTest("editing the text changes both simulations, and undo brings them back", async ({ page }) => {
  await open(page);
  const before = await hashes(page);
  const text = await showText(page);
  const whole = await text.inputValue();
  await text.fill(whole.replace(/compute 120ms/, "compute 240ms"));
  await page.waitForFunction(
    ([one, many]) => {
      const { traceHash, traceHashParallel } = document.querySelector("#figure").dataset;
      return traceHash !== one && traceHashParallel !== many;
    },
    before,
  );
  await text.press("Control+z");
  await page.waitForFunction((one) => document.querySelector("#figure").dataset.traceHash === one, before[0]);
  assert.equal(await text.inputValue(), whole);
});

pageTest("the form writes machine and model into the text, and both simulations follow", async ({ page }) => {
  await open(page);
  const before = await hashes(page);
  const hasOther = ([one, many]) => {
    const { traceHash, traceHashParallel } = document.querySelector("#figure").dataset;
    return traceHash !== one && traceHashParallel !== many;
  };
  await page.locator("label.segment", { hasText: "Form" }).click();
  const threads = page.locator("fieldset", { hasText: "Hardware threads a core" });
  await threads.locator("label.segment", { hasText: "2" }).click();
  await page.getByLabel("Tasks run as").selectOption("threads");
  await page.waitForFunction(hasOther, before);
  const text = await (await showText(page)).inputValue();
  assert.match(text, /^run_as = "threads"$/m);
  assert.match(text, /^smt = 2$/m);
});

pageTest("a broken text says where, keeps the last run on screen and survives a reload", async ({ page }) => {
  await open(page);
  const before = await hashes(page);
  const text = await showText(page);
  const broken = "format = 1\n[machine]\ncores = 0\n[[process]]\nname = \"a\"\nprogram = \"compute 5\"\n";
  await text.fill(broken);
  await page.locator(".complaint.error", { hasText: "3:9" }).waitFor();
  assert.deepEqual(await hashes(page), before);
  await page.waitForFunction((text) => localStorage.getItem("timeslice.draft") === text, broken);
  await page.reload();
  assert.equal(await (await showText(page)).inputValue(), broken);
});

pageTest("a shared link opens as the same text with the same simulated trace", async ({ page, context, problems }) => {
  await open(page);
  const text = await showText(page);
  const mix = "format = 1\ntitle = \"Mine\"\n# a comment\n[machine]\ncores = 2\n[[process]]\nname = \"a\"\ncount = 3\nprogram = \"compute 5ms\"\n";
  const before = await hashes(page);
  await text.fill(mix);
  await page.waitForFunction(([, many]) => document.querySelector("#figure").dataset.traceHashParallel !== many, before);
  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.locator("#share-link").inputValue();
  assert.match(link, /#s=1\./);
  const other = await watch(await context.newPage(), problems);
  await open(other, link);
  assert.equal(await (await showText(other)).inputValue(), mix);
  assert.deepEqual(await hashes(other), await hashes(page));
});

pageTest("each bad link has its own message, and the opening mix is shown", async ({ page }) => {
  const messages = new Set();
  for (const fragment of ["#s=1.%%%", "#s=999.AAAA", "#s=1.AAAA", "#what", "#g=no-such-mix"]) {
    await page.goto("about:blank");
    await open(page, isolatedUrl + fragment);
    messages.add(await page.locator(".notice.trouble").innerText());
  }
  assert.equal(messages.size, 5, [...messages].join("\n"));
});

pageTest("nothing scrolls sideways at 360 pixels", async ({ page }) => {
  await open(page);
  for (const view of ["Form", "Text"]) {
    await page.locator("label.segment", { hasText: view }).click();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${view}: ${overflow} pixels too wide`);
  }
}, { viewport: { width: 360, height: 780 } });

pageTest("a mix with a crash runs for real to its end and is drawn beside its simulation", async ({ page }) => {
  await open(page, `${isolatedUrl}#g=tab-crash`);
  await page.locator("#real-model").selectOption("processes");
  await page.locator("#real-repeats").selectOption("1");
  await page.getByRole("button", { name: "Run it for real" }).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await page.getByRole("button", { name: "Run it for real" }).waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => document.querySelectorAll("#figure canvas").length >= 4);
  assert.doesNotMatch(await page.locator("#figure").innerText(), /Not measured|broke off|counts for nothing/);
});

pageTest("a real run can be stopped", async ({ page }) => {
  await open(page, `${isolatedUrl}#g=wait-processes`);
  await page.getByRole("button", { name: "Run it for real" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Run it for real" }).waitFor();
});

pageTest("without isolation the page says so and still runs processes for real", async ({ page }) => {
  await open(page, plainUrl);
  await page.getByText("Threads on shared memory: off").waitFor();
  await page.locator("#real-repeats").selectOption("1");
  await page.getByRole("button", { name: "Run it for real" }).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await page.getByRole("button", { name: "Run it for real" }).waitFor({ timeout: 60_000 });
  const makespan = await page.locator(".comparison tr", { hasText: "Makespan" }).innerText();
  assert.doesNotMatch(makespan, /not measured/);
});
