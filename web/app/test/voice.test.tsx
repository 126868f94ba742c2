// @vitest-environment happy-dom
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RecentCall } from "@sangam/sdk";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));

import { useAwake, useNightlyReload } from "../src/board/lasting.ts";
import { spokenCall } from "../src/board/spoken.ts";
import { useVoice } from "../src/board/voice.ts";
import { LANGS } from "../src/words/catalogue.ts";
import { WORDS } from "../voices/words.mjs";
import { FakeClient } from "./fakeClient.ts";

const said = (token: string, room: string | null, lang: "en" | "hi" | "mr" = "en") =>
  spokenCall({ token, room }, lang).join(" ");

describe("a spoken call", () => {
  it("says the token as people say it, and where to go", () => {
    expect(said("A038", "2")).toBe("token a 38 room 2");
    expect(said("B001", null)).toBe("token b 1 desk");
    expect(said("K2-07", "12")).toBe("token k 2 7 room 12");
    expect(said("A2-001", "2A")).toBe("token a 2 1 room 2 a");
    expect(said("K2.2-07", "2")).toBe("token k 2 2 7 room 2");
  });

  it("counts beyond a hundred in each language's way", () => {
    expect(said("A100", "1", "hi")).toBe("token a 1 hundred room 1 come");
    expect(said("A100", "1", "mr")).toBe("token a one_hundred room 1 come");
    expect(said("A138", "1", "mr")).toBe("token a 1 hundred 38 room 1 come");
    expect(said("A1204", "1")).toBe("token a 1 2 0 4 room 1");
  });

  it("sends people to the board when a name has no sound", () => {
    expect(said("A038", "शांति कक्ष")).toBe("token a 38 board");
    expect(said("A038", "Meditation hall")).toBe("token a 38 board");
    expect(said("ॐ", "2")).toBe("board");
  });

  it("has a clip for every word of every language", () => {
    const voices = join(import.meta.dirname, "../../public/voices");
    for (const lang of LANGS) {
      for (let n = 0; n < 1000; n++) {
        const letter = String.fromCharCode(97 + (n % 26));
        const call = { token: `${letter}${n}`, room: n % 50 === 0 ? null : String(n) };
        for (const clip of [...spokenCall(call, lang), ...spokenCall({ ...call, room: "सभा" }, lang)])
          expect(existsSync(`${voices}/${lang}/${clip}.mp3`), `${lang} ${clip}`).toBe(true);
      }
      expect(readdirSync(`${voices}/${lang}`).sort()).toEqual(
        Object.keys(WORDS[lang])
          .map((name) => `${name}.mp3`)
          .sort(),
      );
    }
  });
});

/** A sound card on the test's clock: every clip lasts half a second, and it notes what is heard when. */
const CLIP_S = 0.5;
const heard: { path: string; from: number; to: number }[] = [];
let missing: string | null = null;

class Card extends EventTarget {
  state = "running";
  destination = {};
  get currentTime() {
    return performance.now() / 1000;
  }
  async resume() {}
  async close() {}
}
class Decoder {
  async decodeAudioData(bytes: ArrayBuffer) {
    const path = new TextDecoder().decode(bytes);
    return { duration: path.includes("tag=endless") ? 600 : CLIP_S, path };
  }
}
class Source extends EventTarget {
  private note: (typeof heard)[number] | null = null;
  constructor(
    private card: Card,
    private how: { buffer: { path: string } },
  ) {
    super();
  }
  connect() {}
  start(at: number) {
    this.note = { path: this.how.buffer.path, from: at, to: at + CLIP_S };
    heard.push(this.note);
    setTimeout(() => this.dispatchEvent(new Event("ended")), (at + CLIP_S - this.card.currentTime) * 1000);
  }
  stop() {
    if (this.note) this.note.to = Math.min(this.note.to, Math.max(this.note.from, this.card.currentTime));
  }
}

describe("the voice of the board", () => {
  const call: RecentCall = { token: "A038", room: "2", at: "2026-11-23T04:54:00.000Z" };
  let speak: ReturnType<typeof useVoice>;
  const fetched = vi.fn();
  /** What the site has recorded: LANGUAGE/CLIP and the tag of the recording. */
  let own: Record<string, string> = {};
  const list = () => ({
    voices: Object.entries(own).map(([name, tag]) => {
      const [lang, clip] = name.split("/");
      return { lang, clip, tag };
    }),
  });

  beforeEach(async () => {
    vi.useFakeTimers();
    heard.length = 0;
    missing = null;
    own = {};
    fetched.mockReset();
    fetched.mockImplementation(async (path: string) =>
      path === missing ? new Response("", { status: 404 }) : new Response(path),
    );
    const client = new FakeClient().asClient;
    const answer = async (path: string) =>
      path.startsWith("/api/v1/voices?") ? Response.json(list()) : fetched(path);
    for (const [name, fake] of Object.entries({
      AudioContext: Card,
      OfflineAudioContext: Decoder,
      AudioBufferSourceNode: Source,
      fetch: answer,
    }))
      vi.stubGlobal(name, fake);
    function Voice() {
      speak = useVoice(client, LANGS);
      return null;
    }
    document.body.innerHTML = '<div id="app"></div>';
    await act(() => render(<Voice />, document.getElementById("app") as HTMLElement));
  });
  afterEach(() => {
    render(null, document.getElementById("app") as HTMLElement);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const order = () => heard.map(({ path }) => path.replace(/^\/voices\/|\.mp3$/g, ""));
  const recorded = (name: string, tag: string) => `/api/v1/voices/${name}?tag=${tag}&screen=kiosk`;

  it("speaks the three languages one after another, and is done when it is silent", async () => {
    let done = false;
    speak(call, new AbortController().signal).then(() => {
      done = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toBe(true);
    expect(order()).toEqual([
      ...["hi/token", "hi/a", "hi/38", "hi/room", "hi/2", "hi/come"],
      ...["mr/token", "mr/a", "mr/38", "mr/room", "mr/2", "mr/come"],
      ...["en/token", "en/a", "en/38", "en/room", "en/2"],
    ]);
    heard.reduce((before, one) => {
      expect(one.from).toBeGreaterThanOrEqual(before.to);
      return one;
    });
  });

  it("speaks the ashram's own voice, clip by clip, and hears of a new one before the next call", async () => {
    own = { "hi/38": "first", "hi/a": "endless", "hi/token": "lost" };
    missing = recorded("hi/token", "lost");
    speak(call, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(order().slice(0, 4)).toEqual(["hi/token", "hi/a", recorded("hi/38", "first"), "hi/room"]);

    own = { "hi/38": "second" };
    heard.length = 0;
    speak(call, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(order().slice(0, 4)).toEqual(["hi/token", "hi/a", recorded("hi/38", "second"), "hi/room"]);

    own = {};
    heard.length = 0;
    speak(call, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(order().slice(0, 4)).toEqual(["hi/token", "hi/a", "hi/38", "hi/room"]);
  });

  it("stops within a word when the call is over", async () => {
    const over = new AbortController();
    const spoken = speak(call, over.signal);
    await vi.advanceTimersByTimeAsync(3_000);
    over.abort();
    await spoken;
    const now = performance.now() / 1000;
    for (const { path, from, to } of heard) expect(to === from || to <= now, path).toBe(true);
  });

  it("leaves out a language whose words did not come, and never says half a sentence", async () => {
    missing = "/voices/mr/38.mp3";
    speak(call, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(order().some((clip) => clip.startsWith("mr/"))).toBe(false);
    expect(order()).toContain("en/38");
  });

  it("asks once for a number that is both token and room", async () => {
    speak({ ...call, token: "A002" }, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(order().filter((clip) => clip === "hi/2")).toHaveLength(2);
    expect(fetched.mock.calls.filter(([path]) => path === "/voices/hi/2.mp3")).toHaveLength(1);
  });

  it("asks for a word once, and keeps no more than a hundred", async () => {
    const room = (n: number) => ({ ...call, room: String(n % 100) });
    for (let n = 0; n < 60; n++) {
      speak(room(n), new AbortController().signal);
      await vi.advanceTimersByTimeAsync(20_000);
    }
    const paths = fetched.mock.calls.map(([path]) => path as string);
    expect(paths.filter((path) => path === "/voices/hi/token.mp3")).toHaveLength(1);
    const known = paths.length;
    speak(room(59), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetched.mock.calls).toHaveLength(known);
    speak(room(0), new AbortController().signal);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetched.mock.calls.length).toBeGreaterThan(known);
  });
});

describe("a page that stands for months", () => {
  const reload = vi.fn();
  let client: FakeClient;
  const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms).then(() => {}));

  beforeEach(async () => {
    vi.useFakeTimers();
    reload.mockReset();
    vi.stubGlobal("fetch", async () => new Response("page"));
    client = new FakeClient();
    function Standing() {
      useNightlyReload(client.asClient, "Asia/Kolkata", reload);
      return null;
    }
    document.body.innerHTML = '<div id="app"></div>';
    await act(() => render(<Standing />, document.getElementById("app") as HTMLElement));
  });
  afterEach(() => {
    render(null, document.getElementById("app") as HTMLElement);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  // It is 10:24 when it opens.
  const untilNight = (17 * 60 + 6) * 60_000;

  it("begins anew at half past three, and not before", async () => {
    await pass(untilNight - 60_000);
    expect(reload).not.toHaveBeenCalled();
    await pass(120_000);
    expect(reload).toHaveBeenCalled();
  });

  it("stays as it is while the node is not heard, or does not answer", async () => {
    await pass(untilNight - 60_000);
    client.connect("offline");
    await pass(120_000);
    expect(reload).not.toHaveBeenCalled();
    client.connect("realtime");
    vi.stubGlobal("fetch", async () => new Response("", { status: 503 }));
    await pass(86_400_000);
    expect(reload).not.toHaveBeenCalled();
  });
});

describe("the glass", () => {
  let awake: string;
  const request = vi.fn();
  const lay = async () => {
    function Glass() {
      awake = useAwake();
      return null;
    }
    document.body.innerHTML = '<div id="app"></div>';
    await act(() => render(<Glass />, document.getElementById("app") as HTMLElement));
    await act(async () => {});
  };
  afterEach(() => {
    render(null, document.getElementById("app") as HTMLElement);
    Reflect.deleteProperty(navigator, "wakeLock");
    request.mockReset();
  });

  it("is kept from going dark, and again each time the page is seen again", async () => {
    request.mockResolvedValue({ release: async () => {} });
    Object.defineProperty(navigator, "wakeLock", { value: { request }, configurable: true });
    await lay();
    expect([awake, request.mock.calls.length]).toEqual(["kept", 1]);
    await act(async () => void document.dispatchEvent(new Event("visibilitychange")));
    expect(request).toHaveBeenCalledTimes(2);
  });

  it("says when the browser does not keep it", async () => {
    await lay();
    expect(awake).toBe("refused");
    request.mockRejectedValue(new Error("low battery"));
    Object.defineProperty(navigator, "wakeLock", { value: { request }, configurable: true });
    await lay();
    expect(awake).toBe("refused");
  });
});
