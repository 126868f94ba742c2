import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { User } from "@sangam/sdk";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { patientView } from "./fixtures.ts";
import { TestNode } from "./node.ts";

/** The built screens in a real browser, on a node of this test: what a unit test cannot see. */
const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const dist = join(tmpdir(), `sangam-screens-${process.pid}`);
const axe = await readFile(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);
const kiosk: User = { id: "d1", name: "Kiosk 1", role: "kiosk" };
const board: User = { id: "d2", name: "Board 1", role: "board" };

// Two cores are shared with much else; nothing here is about speed.
vi.setConfig({ testTimeout: 60_000 });
const PATIENT = { timeout: 20_000 };

let browser: Browser;
beforeAll(async () => {
  // Else the bundler builds what a developer runs, which weighs more.
  vi.stubEnv("NODE_ENV", "production");
  await build({
    configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
    logLevel: "error",
    build: { outDir: dist },
  });
  vi.unstubAllEnvs();
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS.split(" ") });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await rm(dist, { recursive: true, force: true });
});

interface Visit {
  page: Page;
  node: TestNode;
}

async function visit(
  path: string,
  glass: [number, number],
  prepare: (node: TestNode) => void,
  look: (visit: Visit) => Promise<void>,
  serviceWorkers: "allow" | "block" = "block",
) {
  const node = new TestNode(dist);
  prepare(node);
  const base = await node.start();
  const context = await browser.newContext({
    viewport: { width: glass[0], height: glass[1] },
    serviceWorkers,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  /** What the page complains about: uncaught faults and breaches of the content policy. */
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (said) => {
    // The browser itself says so when it fetches or dials while the line is away.
    if (said.type() === "error" && !/^(Failed to load resource|WebSocket connection to)/.test(said.text()))
      complaints.push(said.text());
  });
  try {
    await page.goto(base + path);
    await look({ page, node });
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await node.stop();
  }
}

async function isAccessible(page: Page) {
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    `(() => { ${axe}; return axe.run(); })()`,
  );
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual(
    [],
  );
}

async function fits(page: Page) {
  const [width, glass] = await page.evaluate(
    () => [document.documentElement.scrollWidth, innerWidth] as const,
  );
  expect(width).toBeLessThanOrEqual(glass);
}

const text = (page: Page) => page.locator("#app").textContent();
const tokens = (node: TestNode) => {
  node.user = kiosk;
  node.judge = ({ type }) =>
    type === "queue.lease_tokens"
      ? { status: "applied", data: { day: "2026-11-23", prefix: "K2", from: 7, to: 56 } }
      : {
          status: "applied",
          data: { token: "B053", guruji: "g2", ahead: 13, wait: { low: 55, high: 80 }, link: "/patient#t=x" },
        };
};

describe("a built screen", () => {
  // What a page names is what comes before it works; panels follow when the screen stands.
  it("has nothing inline and weighs at most 60 kB", async () => {
    for (const name of (await readdir(dist)).filter((one) => one.endsWith(".html"))) {
      const html = await readFile(join(dist, name), "utf8");
      expect(html, name).not.toMatch(/<style|style=|<script(?![^>]*src=)/);
      const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => String(match[1]));
      const sizes = await Promise.all(
        files.map(async (file) => gzipSync(await readFile(join(dist, file))).length),
      );
      const total = gzipSync(html).length + sizes.reduce((sum, size) => sum + size, 0);
      expect(total, `${name} in bytes`).toBeLessThanOrEqual(60_000);
    }
  });
});

describe("the kiosk in a browser", () => {
  it("gives a token by keyboard alone, in both scripts, without a fault of accessibility", async () => {
    await visit("/kiosk", [1080, 1920], tokens, async ({ page }) => {
      await page.getByText("आप किनसे मिलना चाहते हैं?").waitFor();
      await isAccessible(page);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("Who would you like to see?").waitFor();
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement as Element).outlineStyle,
      );
      expect(outline).toBe("solid");
      await page.keyboard.press("Enter");
      await page.getByText("B053").waitFor();
      await isAccessible(page);
      await fits(page);
    });
  });

  it("has targets of 44 px and more", async () => {
    await visit("/kiosk", [1080, 1920], tokens, async ({ page }) => {
      await page.locator(".healer").first().waitFor();
      const heights = await page
        .locator("button")
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
    });
  });

  it("keeps giving tokens when the box is gone, and hands them in when it is back", async () => {
    await visit("/kiosk", [1080, 1920], tokens, async ({ page, node }) => {
      await page.locator(".healer").first().waitFor();
      await expect.poll(() => node.acted.length, PATIENT).toBe(1);
      node.cut(true);
      await page.getByText("यह मशीन अभी काउंटर से जुड़ी नहीं है। टोकन फिर भी पक्के हैं।").waitFor();
      await page.getByText("Shri Vasudev Maharaj").click();
      await page.getByText("K2-07").waitFor();
      await isAccessible(page);
      node.cut(false);
      await expect.poll(() => node.acted.map((action) => action.data.token), PATIENT).toContain("K2-07");
    });
  });

  it("shows its code until an admin lets it in", async () => {
    const alone = (node: TestNode) => {
      node.user = null;
    };
    await visit("/kiosk", [1024, 768], alone, async ({ page, node }) => {
      await page.getByText("7KQM-X2PA").waitFor();
      await isAccessible(page);
      await fits(page);
      node.approve = kiosk;
      await page.getByText("आप किनसे मिलना चाहते हैं?").waitFor({ timeout: 10_000 });
    });
  });
});

describe("the board in a browser", () => {
  it("keeps tokens at 12 vh and more, and fits its glass", async () => {
    const hang = (node: TestNode) => {
      node.user = board;
    };
    await visit("/board", [1920, 1080], hang, async ({ page }) => {
      await page.getByText("B038").waitFor();
      const sizes = await page
        .locator(".token")
        .evaluateAll((all) => all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize)));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.12 * 1080 - 0.5);
      await isAccessible(page);
      await fits(page);
    });
  });

  it("connects again by itself", async () => {
    const hang = (node: TestNode) => {
      node.user = board;
    };
    await visit("/board?lang=en", [1920, 1080], hang, async ({ page, node }) => {
      await page.getByText("B038").waitFor();
      node.cut(true);
      await page.getByText(/Updated [5-9] s ago/).waitFor({ timeout: 15_000 });
      node.cut(false);
      await page.getByText("Updated 1 s ago").waitFor({ timeout: 20_000 });
    });
  });
});

describe("the phone in a browser", () => {
  it("opens the link of a slip, takes it out of the address, and shouts when it is their turn", async () => {
    const slip = (node: TestNode) => {
      node.user = null;
      node.view = () => patientView();
    };
    await visit("/patient#t=good", [390, 844], slip, async ({ page, node }) => {
      await page.getByText("आपसे पहले 4 लोग").waitFor();
      expect(page.url()).not.toContain("good");
      await isAccessible(page);
      await fits(page);
      const own = patientView({ status: "called", position: null, ahead: null }).gurujis?.[0]?.entries[0];
      node.push([{ kind: "row", id: "B41", fields: { ...own, guruji: "g2" } }]);
      await page.getByText("आपकी बारी आ गई").waitFor();
      await isAccessible(page);
    });
  });

  it("asks before it leaves the queue, and keeps the keyboard inside the question", async () => {
    const slip = (node: TestNode) => {
      node.user = null;
      node.view = () => patientView();
    };
    await visit("/patient#t=good", [320, 640], slip, async ({ page, node }) => {
      await page.getByRole("button", { name: "English" }).click();
      await fits(page);
      await page.getByRole("button", { name: "I cannot wait" }).click();
      await page.getByRole("dialog").waitFor();
      for (let i = 0; i < 5; i++) await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null)).toBe(true);
      await isAccessible(page);
      await page.keyboard.press("Escape");
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.textContent?.trim()), PATIENT)
        .toBe("I cannot wait");
      expect(node.acted).toEqual([]);
      await page.getByRole("button", { name: "I cannot wait" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Leave the queue" }).click();
      await expect
        .poll(() => node.acted.map((action) => [action.type, action.data]), PATIENT)
        .toEqual([["queue.leave", { entry: "B41" }]]);
    });
  });
});

describe("a screen whose box is away", () => {
  const desk = (node: TestNode) => {
    node.user = { id: "u1", name: "Ashwini Sathe", role: "coordinator" };
  };
  const kept = (page: Page) =>
    page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      return (await Promise.all(["/", "/kiosk", "/coordinator"].map((one) => caches.match(one)))).every(
        Boolean,
      );
    });

  it("starts all the same, says so, and never shows an old answer", async () => {
    const look = async ({ page, node }: Visit) => {
      await page.locator(".lane .line").first().waitFor();
      await expect.poll(() => kept(page), PATIENT).toBe(true);
      const keys = await page.evaluate(async () =>
        (
          await Promise.all((await caches.keys()).map(async (one) => (await caches.open(one)).keys()))
        ).flatMap((all) => all.map(({ url }) => new URL(url).pathname)),
      );
      expect(keys.filter((path) => path.startsWith("/api") || path.includes("demo"))).toEqual([]);
      await node.stop();
      for (const path of ["/coordinator", "/kiosk"]) {
        await page.goto(new URL(path, page.url()).href);
        await page.locator(".empty h1").waitFor();
        expect(await text(page)).toMatch(/does not answer|जवाब नहीं/);
        expect(await page.locator(".line, .healer").count()).toBe(0);
        await isAccessible(page);
        await fits(page);
      }
      await page.goto(new URL("/coordinator?who=u1", page.url()).href);
      await page.getByText("Offline.").waitFor();
      expect(
        await page.evaluate(() =>
          fetch("/api/v1/status").then(
            ({ status }) => status,
            () => "no answer",
          ),
        ),
      ).toBe("no answer");
    };
    await visit("/coordinator", [1440, 900], desk, look, "allow");
  });

  it("is told of newer screens, and loads them when asked", async () => {
    await visit("/coordinator", [1440, 900], desk, async ({ page, node }) => {
      await page.locator(".lane .line").first().waitFor();
      node.rewrite = (html) => html.replace(/coordinator-[^.]+\.css/, "coordinator-anotherone.css");
      node.boot = "b2";
      node.cut(true);
      node.cut(false);
      await page.getByRole("status").getByText("The box has newer screens").waitFor();
      await isAccessible(page);
      await page.getByRole("button", { name: "Load them" }).click();
      await page.getByText("The box has newer screens").waitFor({ state: "detached" });
      await page.locator(".lane .line").first().waitFor();
      expect(await page.getByText("The box has newer screens").count()).toBe(0);
    });
  });

  it("says nothing of newer screens when the box only began anew", async () => {
    await visit("/coordinator", [1440, 900], desk, async ({ page, node }) => {
      await page.locator(".lane .line").first().waitFor();
      const asked = page.waitForResponse(
        (answer) => answer.request().resourceType() === "fetch" && answer.url().endsWith("/coordinator"),
      );
      node.boot = "b2";
      node.cut(true);
      node.cut(false);
      await asked;
      await page.locator(".links", { hasText: "Working locally" }).waitFor();
      expect(await page.getByText("The box has newer screens").count()).toBe(0);
    });
  });
});

describe("the first page in a browser", () => {
  const alone = (node: TestNode) => {
    node.user = null;
  };

  it("leads everybody to their screen", async () => {
    await visit("/", [1024, 768], alone, async ({ page }) => {
      await page.getByText("Ashwini Sathe").waitFor();
      await isAccessible(page);
      await fits(page);
      expect(await text(page)).toMatch(
        /Working locally\. The centre last heard 1\d min ago, 31 changes waiting\./,
      );
      await page.getByRole("button", { name: "हिन्दी" }).click();
      await page.getByText("आप कौन हैं?").waitFor();
      await isAccessible(page);
      expect(
        await page.getByRole("link").evaluateAll((all) => all.map((one) => one.getAttribute("href"))),
      ).toEqual(["/kiosk", "/board"]);
      await page.getByText("Ashwini Sathe").click();
      await page.waitForURL((url) => url.pathname + url.search === "/coordinator?who=u1");
    });
  });
});
