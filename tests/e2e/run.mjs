// Runs every *.spec.mjs of this folder, one after the other, in one browser.
// `cargo xtask test --only e2e` calls it with the servers' addresses in the environment.
// A part of a file name as an argument picks specs: node run.mjs smoke
import { readdir } from "node:fs/promises";

const part = process.argv[2] ?? "";
const files = (await readdir(new URL(".", import.meta.url))).filter(
  (name) => name.endsWith(".spec.mjs") && name.includes(part),
);
if (files.length === 0) {
  throw new Error(`no spec in this folder is named *${part}*.spec.mjs`);
}
for (const name of files.sort()) {
  await import(new URL(name, import.meta.url));
}
