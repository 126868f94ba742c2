// What the parts of the bench share: figures of a series, tables, and control over a page's processor and line.

export const percentile = (series, p) =>
  [...series].sort((a, b) => a - b)[Math.min(series.length - 1, Math.ceil((p / 100) * series.length) - 1)];

export const median = (series) => percentile(series, 50);

export const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** Prints rows of equal length under their heads, as Markdown, to be kept in docs/benchmarks.md. */
export function table(title, heads, rows) {
  const width = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => String(row[i]).length)));
  const line = (cells) => `| ${cells.map((cell, i) => String(cell).padEnd(width[i])).join(" | ")} |`;
  console.log(`\n${title}\n`);
  console.log([line(heads), line(width.map((n) => "-".repeat(n))), ...rows.map(line)].join("\n"));
}

/** The page's processor is `rate` times slower from here on. It burns a core of this machine while it is above 1. */
export async function slow(page, rate) {
  page.devtools ??= await page.context().newCDPSession(page);
  await page.devtools.send("Emulation.setCPUThrottlingRate", { rate });
}

export async function narrow(page, { mbit, latencyMs }) {
  page.devtools ??= await page.context().newCDPSession(page);
  await page.devtools.send("Network.enable");
  await page.devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: latencyMs,
    downloadThroughput: (mbit * 1e6) / 8,
    uploadThroughput: (mbit * 1e6) / 8,
  });
}

/**
 * What the page's main thread did meanwhile, task by task, in ms of the processor: that others use the machine is not in
 * it. `until` names an event of the page (such as firstContentfulPaint) after which nothing counts.
 */
export async function traced(page, doing, until = "") {
  const devtools = await page.context().browser().newBrowserCDPSession();
  const events = [];
  devtools.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const whole = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
  await devtools.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel", "blink.user_timing", "loading"] },
  });
  const answer = await doing();
  await page.evaluate("void performance.mark('watched')"); // names the thread
  await devtools.send("Tracing.end");
  await whole;
  await devtools.detach();
  const { pid, tid } = events.find((one) => one.name === "watched");
  const own = events.filter((one) => one.pid === pid && one.tid === tid);
  const end = own.find((one) => one.name === until)?.ts ?? Number.POSITIVE_INFINITY;
  const tasks = own
    .filter((one) => one.name === "ThreadControllerImpl::RunTask" && one.ts <= end)
    .map((one) => (one.tdur ?? 0) / 1000);
  return { answer, tasks };
}

export const sum = (series) => series.reduce((total, one) => total + one, 0);
