// The page's one Trusted Types policy. The security policy of the page lets a worker start only from a
// trusted address; this says which addresses are: our own, and those of our own blobs (the thread pool
// starts its threads from one). Loaded first by the page and by each worker.
if (self.trustedTypes && !self.trustedTypes.defaultPolicy) {
  self.trustedTypes.createPolicy("default", {
    createScriptURL(address) {
      const base = self.document ? self.document.baseURI : self.location.href;
      if (new URL(address, base).origin === self.origin) {
        return address;
      }
      throw new TypeError("Timeslice runs no scripts from other addresses");
    },
  });
}
