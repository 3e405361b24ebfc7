// Sweeps a folder without end, for the test of src/files/output_folder.ts.
import { sweepTemporaries } from "../src/files/atomic.ts";

addEventListener("message", async (event) => {
  const { data } = event as MessageEvent<string>;
  await sweepTemporaries(data);
  (globalThis as unknown as Worker).postMessage("begun");
  while (true) await sweepTemporaries(data);
});
