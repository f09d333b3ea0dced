// The entry of the coordinator of a shared-memory pool:
// new Worker("static/boot/pool.js", { type: "module" }). Needs cross-origin isolation.
import "./trusted-types.js";
import init from "../../pool/pool.js";
import { startWorker } from "./start-worker.js";

await startWorker(init);
