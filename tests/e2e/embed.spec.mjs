// Somebody else's ordinary page shows Timeslice in a frame.
import { createServer } from "node:http";

import { assert, isolatedUrl, pageTest } from "./harness.mjs";

const LECTURE = `<!doctype html><title>Lecture</title><link rel="icon" href="data:,">
<iframe title="Timeslice" src="${isolatedUrl}" width="900" height="700"></iframe>`;

pageTest("a frame in an ordinary page of another site starts, isolated by itself", async ({ page }) => {
  const host = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(LECTURE));
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  try {
    // By another name, so that it is another site.
    await page.goto(`http://localhost:${host.address().port}/`);
    assert.equal(await page.evaluate(() => crossOriginIsolated), false, "the lecture itself is an ordinary page");
    const frame = page.frameLocator("iframe");
    await frame.locator("h1").first().waitFor();
    const isolated = await frame.locator("html").evaluate(() => crossOriginIsolated);
    assert.equal(isolated, true, "Document-Isolation-Policy isolates the frame");
  } finally {
    host.closeAllConnections();
    host.close();
  }
});
