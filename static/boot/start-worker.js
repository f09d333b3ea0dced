// Starts a worker's wasm and keeps what was sent to it meanwhile: messages that arrive before the Rust
// side has set its handler would be lost otherwise.
export async function startWorker(init) {
  const early = [];
  const keep = (event) => {
    event.stopImmediatePropagation();
    early.push(event);
  };
  self.addEventListener("message", keep);
  try {
    await init();
  } catch (error) {
    // So that the page's `onerror` hears of it; a rejected promise would go unnoticed.
    self.reportError(error);
    return;
  } finally {
    self.removeEventListener("message", keep);
  }
  for (const { data, origin, ports } of early) {
    self.dispatchEvent(new MessageEvent("message", { data, origin, ports: [...ports] }));
  }
}
