// Somebody else's ordinary page shows Timeslice in a frame.
import { assert, isolatedUrl, pageTest } from "./harness.mjs";

/** Another site: the same machine by another name. What it answers is made up here. */
const elsewhere = isolatedUrl.replace("127.0.0.1", "localhost") + "lecture.html";

pageTest("a frame in an ordinary page of another site starts, isolated by itself", async ({ page }) => {
  await page.route(elsewhere, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><title>Lecture</title><link rel="icon" href="data:,"><iframe title="Timeslice" src="${isolatedUrl}" width="900" height="700"></iframe>`,
    }),
  );
  await page.goto(elsewhere);
  assert.equal(await page.evaluate(() => crossOriginIsolated), false, "the lecture itself is an ordinary page");
  const frame = page.frameLocator("iframe");
  await frame.locator("h1").first().waitFor();
  const isolated = await frame.locator("html").evaluate(() => crossOriginIsolated);
  assert.equal(isolated, true, "Document-Isolation-Policy isolates the frame");
});
