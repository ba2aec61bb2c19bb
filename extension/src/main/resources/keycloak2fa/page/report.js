/* The report as a file. */

import { request } from "./server.js";
import { Problem } from "./problem.js";
import { make } from "./dom.js";
import { say } from "./texts.js";

const TYPES = { csv: "text/csv", jsonl: "application/x-ndjson" };

/** Downloads everybody as `csv` or `jsonl`. The browser keeps a large one on its disk, not in memory. */
export async function download(realm, kind) {
  const response = await request("/two-factor/report", { headers: { Accept: TYPES[kind] } });
  const whole = await response.blob().catch(() => {
    throw new Problem(say("problem.report-broke-off"));
  });
  const address = URL.createObjectURL(whole);
  const day = new Date().toISOString().slice(0, 10);
  make("a", { href: address, download: `2fa-report-${realm}-${day}.${kind}` }).click();
  // After the browser has begun to save it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
