// The entry of the plain worker: new Worker("static/boot/worker.js", { type: "module" }).
import "./trusted-types.js";
import init from "../../worker/worker.js";
import { startWorker } from "./start-worker.js";

await startWorker(init);
