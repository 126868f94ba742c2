// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Demo } from "../src/demo/Demo.tsx";
import { type DemoState, type Item, type Order, requestOf, type Site } from "../src/demo/live.ts";
import { clinicNow, isNow, linkBadge, moodOf, sentence, siteBadge, took } from "../src/demo/mood.ts";
import { arrive, BEAD_MS, beadAt, isStill, NO_BEADS, pathsOf, step, streamOf } from "../src/demo/river.ts";
import { demo } from "../src/demo/words.ts";
import { Language } from "../src/words/Language.tsx";

const NOW = Date.parse("2026-11-23T10:00:00.000Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

function site(name: string, over: Partial<Site> = {}): Site {
  const id = name.toLowerCase();
  return {
    id,
    name,
    url: `http://127.0.0.1:1/${id}`,
    cutAt: null,
    stoppedAt: null,
    catching: false,
    back: null,
    figures: { waiting: 22, inService: 3, done: 51 },
    uplink: { state: "live", backlog: { records: 0 } },
    centre: { state: "live", lastHeard: ago(2), waiting: 22, done: 51 },
    arrived: 100,
    recent: ["B038", "A038"],
    doors: [
      { screen: "kiosk", opens: `/demo/sites/${id}/open/kiosk` },
      { screen: "patient", opens: `/demo/sites/${id}/open/patient` },
      {
        screen: "guruji",
        name: "Shri Vasudev",
        pin: "135791",
        href: `http://127.0.0.1:1/${id}/guruji?who=g`,
      },
    ],
    ...over,
  };
}

function state(over: Partial<DemoState> = {}): DemoState {
  return {
    serverTime: ago(0),
    clinicTime: "2026-11-23T05:01:00.000Z",
    speed: 10,
    zone: "Asia/Kolkata",
    idle: false,
    dayEnded: false,
    centre: {
      url: "http://127.0.0.1:1",
      doors: [{ screen: "centre", name: "Anil Deo", pin: "975318", href: "http://127.0.0.1:1/centre" }],
    },
    sites: [site("Satya"), site("Nirmal"), site("Kapil")],
    news: [],
    ...over,
  };
}

const back = (seconds: number) => ({ at: ago(seconds), records: 12, tookMs: 400, awayMs: 420_000 });
const say = demo.in("en");

describe("what the page is about", () => {
  const of = (...sites: Site[]) => moodOf(state({ sites }));

  it("is the ashram where something was done last", () => {
    const cut = site("A", { cutAt: ago(60) });
    const stopped = site("B", { stoppedAt: ago(30) });
    expect(of(cut, stopped)).toMatchObject({ kind: "stopped", site: { name: "B" } });
    expect(of(site("A", { cutAt: ago(10) }), stopped)).toMatchObject({ kind: "cut", site: { name: "A" } });
  });

  it("is a line that is back for a minute, and then the river", () => {
    expect(of(site("A", { catching: true }), site("B", { back: back(5) }))).toMatchObject({
      kind: "joining",
    });
    expect(of(site("A", { back: back(40) }), site("B", { back: back(5) }))).toMatchObject({
      kind: "back",
      site: { name: "B" },
    });
    expect(of(site("A", { back: back(61) }))).toEqual({ kind: "flowing" });
  });

  it("is the end of the day only while every line is whole", () => {
    expect(moodOf(state({ dayEnded: true }))).toEqual({ kind: "ended" });
    expect(moodOf(state({ dayEnded: true, sites: [site("A", { cutAt: ago(1) })] })).kind).toBe("cut");
  });
});

describe("a badge", () => {
  it("says what was done here before the site notices", () => {
    expect(siteBadge(site("A")).word).toBe("live");
    expect(siteBadge(site("A", { cutAt: ago(1) })).word).toBe("locally");
    expect(siteBadge(site("A", { cutAt: ago(1), stoppedAt: ago(1) })).word).toBe("stoppedByYou");
    expect(siteBadge(site("A", { uplink: { state: "silent", backlog: { records: 3 } } })).word).toBe(
      "locally",
    );
  });

  it("is never green over what is not known", () => {
    expect(siteBadge(site("A", { uplink: null })).word).toBe("notKnown");
    expect(linkBadge("a state of a later version")).toMatchObject({ word: "notKnown", tone: "rest" });
    for (const bad of ["lagging", "clock_wrong", "cloned", "rejected"])
      expect(linkBadge(bad).tone, bad).toBe("heed");
  });
});

describe("news", () => {
  const tell = (item: Partial<Item>) =>
    sentence(
      { id: 1, at: ago(0), kind: "", ...item },
      "Nirmal Dham",
      (ms) => `${Math.round(ms / 60_000)} min`,
      say,
    );

  it("says when the centre knew, or that it does not", () => {
    expect(tell({ kind: "called", token: "B044", room: "2", tookMs: 38 })).toBe(
      "Nirmal Dham called B044 to room 2. The centre knew it 38\u00a0ms later.",
    );
    expect(tell({ kind: "given", token: "A057" })).toBe(
      "A057 was given out at Nirmal Dham. The centre does not know it yet.",
    );
  });

  it("counts what waited behind a cut", () => {
    expect(tell({ kind: "back", records: 12, tookMs: 400, awayMs: 420_000 })).toBe(
      "Nirmal Dham is back after 7 min. The centre confirmed the 12 edits that waited 0.4\u00a0s later.",
    );
    expect(tell({ kind: "back", records: 0, awayMs: 60_000 })).toBe(
      "Nirmal Dham is back after 1 min. Nothing had to wait.",
    );
  });

  it("leaves out what this page does not know", () => {
    expect(tell({ kind: "something new" })).toBe("");
  });

  it("is now for ten real seconds, however fast the clock runs", () => {
    const item = { id: 1, at: "2026-11-23T05:00:00.000Z", kind: "cut" };
    const after = (seconds: number) => Date.parse(item.at) + seconds * 1000;
    expect(isNow(item, after(500), 60)).toBe(true);
    expect(isNow(item, after(500), 10)).toBe(false);
  });
});

describe("time", () => {
  it("of the clinic goes on between two words of the demo, at its speed", () => {
    const heard = state({ speed: 60 });
    expect(clinicNow(heard, 1000, 3000) - Date.parse(heard.clinicTime)).toBe(120_000);
    expect(clinicNow(heard, 1000, 900)).toBe(Date.parse(heard.clinicTime));
  });

  it("that something took is said as a watcher would", () => {
    expect([0, 38, 412, 5537, 12_300].map((ms) => took(ms, say))).toEqual(
      ["1 ms", "38 ms", "0.4 s", "5.5 s", "12 s"].map((text) => text.replace(" ", "\u00a0")),
    );
  });
});

describe("the river", () => {
  it("flows from the middle of each card to one place", () => {
    expect([0, 1, 2].map((row) => streamOf(row, 3))).toEqual([
      { from: 60, to: 180 },
      { from: 196, to: 196 },
      { from: 332, to: 212 },
    ]);
    expect(streamOf(0, 1)).toEqual({ from: 196, to: 196 });
    expect(pathsOf(streamOf(0, 3)).filter(({ current }) => current)).toEqual([
      { d: "M0 60H400C760 60 740 180 1090 180H1440", current: true },
    ]);
  });

  it("carries a bead along its current, from site to centre, without a leap", () => {
    const stream = streamOf(0, 3);
    expect(beadAt(stream, 0)).toEqual({ x: 330, y: 60 });
    expect(beadAt(stream, 1)).toEqual({ x: 1090, y: 180 });
    for (let share = 0.01; share <= 1; share += 0.01) {
      const [a, b] = [beadAt(stream, share - 0.01), beadAt(stream, share)];
      expect(b.x, `at ${share}`).toBeGreaterThan(a.x);
      expect(b.x - a.x, `at ${share}`).toBeLessThan(20);
      expect(b.y, `at ${share}`).toBeGreaterThanOrEqual(a.y);
    }
  });

  it("moves as many beads as edits arrived, one after the other, and then lies still", () => {
    let beads = arrive(NO_BEADS, 3);
    let seen = 0;
    let now = 0;
    for (; now < 5000 && !isStill(beads); now += 16) {
      const was = beads.out.length;
      beads = step(beads, now);
      expect(beads.out.length - was).toBeLessThanOrEqual(1);
      if (beads.out.at(-1) === now) seen++;
    }
    expect(seen).toBe(3);
    expect(now).toBeGreaterThan(BEAD_MS);
  });

  it("takes no edits back and shows a flood as a flood", () => {
    expect(arrive(NO_BEADS, -5)).toEqual(NO_BEADS);
    expect(arrive(NO_BEADS, 100_000).due).toBeLessThan(100);
  });
});

describe("an order", () => {
  it("goes where the demo takes it", () => {
    const orders: [Order, string, unknown][] = [
      [{ to: "line", site: "s", cut: true }, "/demo/sites/s/line", { cut: true }],
      [{ to: "node", site: "s", stopped: false }, "/demo/sites/s/node", { stopped: false }],
      [{ to: "speed", speed: 60 }, "/demo/speed", { speed: 60 }],
      [{ to: "restart" }, "/demo/restart", {}],
    ];
    for (const [order, path, body] of orders) expect(requestOf(order)).toEqual({ path, body });
  });
});

class Stream {
  static last: Stream;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    Stream.last = this;
  }
  close() {
    this.closed = true;
  }
}

describe("the page", () => {
  const page = () => document.getElementById("app") as HTMLElement;
  const head = () => page().querySelector("h1")?.textContent;
  const tell = (told: DemoState) => act(() => Stream.last.onmessage?.({ data: JSON.stringify(told) }));
  const press = (name: string) =>
    act(() => {
      const found = [...page().querySelectorAll("button")].find((one) => one.textContent?.trim() === name);
      if (!found) throw new Error(`no button ${name}: ${page().textContent}`);
      found.click();
    });
  const passes = (ms: number) =>
    act(async () => {
      await vi.advanceTimersByTimeAsync(ms);
    });
  let sent: { path: string; body: unknown }[];
  let answer: () => Promise<Response>;

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    sent = [];
    answer = async () => new Response("{}");
    vi.stubGlobal("EventSource", Stream);
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      sent.push({ path, body: JSON.parse(String(init.body)) });
      return answer();
    });
    document.body.innerHTML = '<div id="app"></div>';
    act(() =>
      render(
        <Language first="en">
          <Demo />
        </Language>,
        page(),
      ),
    );
  });
  afterEach(() => {
    act(() => render(null, page()));
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("cuts the line in the middle when asked to, and joins it where it was cut", async () => {
    tell(state());
    expect(head()).toBe("Three ashrams. One river.");
    press("Cut this line");
    expect(sent).toEqual([{ path: "/demo/sites/nirmal/line", body: { cut: true } }]);
    await passes(0);
    const cut = site("Nirmal", {
      cutAt: ago(20),
      uplink: { state: "silent", backlog: { records: 12 } },
      centre: { state: "silent", lastHeard: ago(420), waiting: 20, done: 50 },
    });
    tell(state({ sites: [site("Satya"), cut, site("Kapil")] }));
    expect(head()).toBe("The line is cut. The ashram goes on.");
    expect(page().textContent).toContain("12 edits wait here");
    expect(page().querySelectorAll(".beads .bead")).toHaveLength(12);
    expect(page().querySelector(".sea")?.textContent).toContain("7 min old: 20 waiting, 50 done");
    expect(page().querySelectorAll(".confluence .current")).toHaveLength(2);
    press("Join the line again");
    expect(sent.at(-1)).toEqual({ path: "/demo/sites/nirmal/line", body: { cut: false } });
  });

  it("counts what does not fit into the picture", () => {
    tell(
      state({ sites: [site("A", { cutAt: ago(9), uplink: { state: "live", backlog: { records: 400 } } })] }),
    );
    expect(page().textContent).toContain("400 edits wait here");
    expect(page().querySelectorAll(".beads .bead")).toHaveLength(12);
  });

  it("starts a box that was stopped", () => {
    tell(state({ sites: [site("A", { stoppedAt: ago(9), uplink: null })] }));
    expect(head()).toBe("The box is off. The kiosk goes on.");
    expect(page().querySelector(".ashram")?.textContent).toContain("as it stood: 22 waiting");
    press("Start the box");
    expect(sent).toEqual([{ path: "/demo/sites/a/node", body: { stopped: false } }]);
  });

  it("says why an order was refused, and takes one at a time", async () => {
    tell(state());
    answer = async () => new Response('{"message":"Port 8702 is in use."}', { status: 503 });
    press("60 ×");
    expect(page().querySelectorAll("[role=switch]:disabled")).toHaveLength(6);
    await passes(0);
    expect(page().querySelector("[role=alert]")?.textContent).toContain("Port 8702 is in use.");
    expect(page().querySelectorAll("[role=switch]:disabled")).toHaveLength(0);
  });

  it("stands still and says so when the demo is gone, and goes on when it is back", async () => {
    tell(state());
    const first = Stream.last;
    act(() => first.onerror?.());
    expect(first.closed).toBe(true);
    expect(page().textContent).toContain("Nothing is heard from the demo");
    expect(page().textContent).toContain("10:31");
    await passes(60_000);
    expect(page().textContent).toContain("10:31");
    expect(Stream.last).not.toBe(first);
    tell(state());
    expect(page().textContent).not.toContain("Nothing is heard");
  });

  it("opens devices by a form of its own and shows PINs beside those who have one", () => {
    tell(state({ sites: [site("A", { phone: "C007" }), site("B")] }));
    const forms = [...page().querySelectorAll("form")].map((form) => form.getAttribute("action"));
    expect(forms).toEqual(["/demo/sites/a/open/kiosk", "/demo/sites/a/open/patient"]);
    expect(page().querySelector(".doors")?.textContent).toContain("of C007");
    const links = [...page().querySelectorAll(".doors a")].map((a) => [
      a.getAttribute("href"),
      a.textContent,
    ]);
    expect(links[0]?.[0]).toBe("http://127.0.0.1:1/a/guruji?who=g");
    expect(links[0]?.[1]).toContain("135791");
    press("B");
    expect(page().querySelector("form")?.getAttribute("action")).toBe("/demo/sites/b/open/kiosk");
  });

  it("speaks Hindi", () => {
    tell(state());
    press("हिन्दी");
    expect(head()).toBe("तीन आश्रम। एक धारा।");
  });
});
