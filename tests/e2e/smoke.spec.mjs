// The page and its workers start under the security policy, isolated and not.
import { assert, firstMessage, isolatedUrl, pageTest, plainUrl } from "./harness.mjs";

pageTest("the page starts isolated, and the plain worker with it", async ({ page }) => {
  const response = await page.goto(isolatedUrl);
  assert.match(response.headers()["content-security-policy"], /default-src 'none'/);
  await page.locator("h1").first().waitFor();
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  assert.equal(await firstMessage(page, "static/boot/worker.js"), "ready");
});

pageTest("a shared-memory pool of two starts under the security policy", async ({ page }) => {
  await page.goto(isolatedUrl);
  // The coordinator first hands over the word of its memory through which a run is stopped.
  const word = await firstMessage(page, "static/boot/pool.js");
  assert.deepEqual([...word], [0]);
  // A coordinator of the test's own, as what ours says and does is not this test's business.
  const threads = await page.evaluate(async () => {
    const at = (path) => JSON.stringify(new URL(path, document.baseURI).href);
    const source = `
      import ${at("static/boot/trusted-types.js")};
      import init, { initThreadPool } from ${at("pool/pool.js")};
      await init();
      await initThreadPool(2);
      postMessage({ poolIsReady: true });`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(address, { type: "module" });
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("the pool was not ready within 20 s")), 20_000);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => data.poolIsReady && resolve("ready");
    });
  });
  assert.equal(threads, "ready");
});

pageTest("the page starts without isolation, and the plain worker with it", async ({ page }) => {
  const response = await page.goto(plainUrl);
  assert.equal(response.headers()["cross-origin-opener-policy"], undefined);
  await page.locator("h1").first().waitFor();
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  assert.equal(await firstMessage(page, "static/boot/worker.js"), "ready");
});

pageTest("a script from elsewhere and an inline script do not run", async ({ page, problems }) => {
  await page.goto(isolatedUrl);
  const refused = await page.evaluate(() => {
    try {
      new Worker("data:text/javascript,postMessage(1)");
      return "started";
    } catch (error) {
      return error.message;
    }
  });
  assert.match(refused, /other addresses/);
  const ran = await page.evaluate(() => {
    try {
      const script = document.createElement("script");
      script.textContent = "globalThis.intruder = true";
      document.head.append(script);
    } catch {
      // Refused at once: as good.
    }
    return globalThis.intruder === true;
  });
  assert.equal(ran, false);
  // The browser reports what it refused; that is what this test is about.
  problems.splice(0, problems.length, ...problems.filter((problem) => !/violates|Trusted/.test(problem)));
});
