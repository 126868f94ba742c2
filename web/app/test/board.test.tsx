// @vitest-environment happy-dom
import type { RecentCall } from "@sangam/sdk";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { Board } from "../src/board/Board.tsx";
import { CALL_MS } from "../src/board/calls.ts";
import { Screen } from "../src/screen/Screen.tsx";
import { FakeClient } from "./fakeClient.ts";
import { recent } from "./fixtures.ts";

/** Sound as a browser holds it back: silent until somebody touches the screen. */
class HeldBackAudio extends EventTarget {
  static strikes = 0;
  state = "suspended";
  currentTime = 0;
  destination = {};
  async resume() {
    this.state = "running";
    this.dispatchEvent(new Event("statechange"));
  }
  async close() {}
}
class Part {
  gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  connect = () => this;
  start = () => HeldBackAudio.strikes++;
  stop() {}
}

let client: FakeClient;
const page = () => document.getElementById("app") as HTMLElement;
const now = () => page().querySelector(".now .token")?.textContent;
const lit = () => page().querySelector(".now.lit") !== null;
const before = () => [...page().querySelectorAll(".last .token")].map((one) => one.textContent);
const pass = (ms: number) =>
  act(async () => {
    client.hear();
    await vi.advanceTimersByTimeAsync(ms);
  });

async function call(...calls: RecentCall[]) {
  await act(() => client.recent([...calls].reverse().concat(recent).slice(0, 5)));
}
const at = (second: number) => new Date(Date.parse("2026-11-23T04:54:00.000Z") + second * 1000).toISOString();

beforeEach(async () => {
  vi.useFakeTimers();
  HeldBackAudio.strikes = 0;
  vi.stubGlobal("AudioContext", HeldBackAudio);
  vi.stubGlobal("OscillatorNode", Part);
  vi.stubGlobal("GainNode", Part);
  client = new FakeClient();
  document.body.innerHTML = '<div id="app"></div>';
  await act(() =>
    render(
      <Screen
        name="board"
        view="board"
        entry="board"
        firstLang="en"
        remember={false}
        client={client.asClient}
      >
        <Board />
      </Screen>,
      page(),
    ),
  );
});
afterEach(() => {
  render(null, page());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the board", () => {
  it("shows the last call and the four before it, and calls nothing again when it opens", () => {
    expect([now(), lit()]).toEqual(["B038", false]);
    expect(before()).toEqual(["A038", "B037", "A037", "C018"]);
  });

  it("lights up for a call, then rests on it", async () => {
    await call({ token: "C021", room: "3", at: at(1) });
    expect([now(), lit()]).toEqual(["C021", true]);
    expect(before()).toEqual(["B038", "A038", "B037", "A037"]);
    await pass(CALL_MS);
    expect([now(), lit()]).toEqual(["C021", false]);
  });

  it("calls two who are called at once one after the other", async () => {
    await call({ token: "C021", room: "3", at: at(1) }, { token: "A041", room: "1", at: at(1) });
    expect(now()).toBe("C021");
    await pass(CALL_MS);
    expect([now(), lit()]).toEqual(["A041", true]);
    await pass(CALL_MS);
    expect(lit()).toBe(false);
  });

  it("does not call out what was called while it heard nothing", async () => {
    await call({ token: "C021", room: "3", at: at(-150) }, { token: "A041", room: "1", at: at(1) });
    expect([now(), lit()]).toEqual(["A041", true]);
    await pass(CALL_MS);
    expect([now(), lit()]).toEqual(["A041", false]);
  });

  it("calls a token again when it is recalled", async () => {
    await act(() => client.recent([{ token: "B038", room: "2", at: at(60) }, ...recent.slice(1)]));
    expect([now(), lit()]).toEqual(["B038", true]);
  });

  it("says how old it is, and after two minutes that it does not know", async () => {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(90_000);
    });
    expect(page().textContent).toContain("Updated 1 min ago");
    expect(page().textContent).toContain("Now calling");
    await act(async () => {
      await vi.advanceTimersByTimeAsync(60_000);
    });
    for (const said of ["Last called", "10:21", "2 min old. Please ask at the desk", "Not known yet"]) {
      expect(page().textContent).toContain(said);
    }
    expect(page().textContent).not.toContain("Now calling");
  });

  it("is fresh again by itself when the node is heard", async () => {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(150_000);
    });
    await pass(1_000);
    expect(page().textContent).toContain("Now calling");
  });

  it("shows no name of anybody who waits, even if a node told one", async () => {
    await act(() => client.name("B38", "Ramesh Kulkarni"));
    expect(page().textContent).not.toContain("Ramesh");
  });

  it("says that the sound is off until somebody touches it, then rings for each call once", async () => {
    await call({ token: "C021", room: "3", at: at(1) });
    expect(HeldBackAudio.strikes).toBe(0);
    const button = page().querySelector("button");
    expect(button?.textContent).toContain("Tap to turn sound on");
    await act(async () => button?.click());
    expect(page().textContent).toContain("Sound on");
    await pass(CALL_MS);
    await act(() => client.recent([{ token: "A041", room: "1", at: at(9) }, ...recent.slice(0, 4)]));
    const once = HeldBackAudio.strikes;
    expect(once).toBeGreaterThan(0);
    await pass(CALL_MS);
    expect(HeldBackAudio.strikes).toBe(once);
  });
});
