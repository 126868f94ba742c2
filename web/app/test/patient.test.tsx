// @vitest-environment happy-dom
import type { Fields, PendingState, SnapshotEntry } from "@sangam/sdk";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { GRACE_MS } from "../src/patient/Leave.tsx";
import { Patient } from "../src/patient/Patient.tsx";
import { Screen } from "../src/screen/Screen.tsx";
import { FakeClient } from "./fakeClient.ts";
import { gurujis, patientView } from "./fixtures.ts";

let client: FakeClient;
const page = () => document.getElementById("app") as HTMLElement;
const text = () => document.body.textContent ?? "";
const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function open(over: Partial<SnapshotEntry> = {}, guruji: Fields = {}) {
  const view = patientView(over);
  const [own] = view.gurujis ?? [];
  client = new FakeClient({ ...view, gurujis: own ? [{ ...own, ...guruji }] : [] });
  document.body.innerHTML = '<div id="app"></div>';
  await act(() =>
    render(
      <Screen name="patient" view="patient" entry="link" firstLang="en" client={client.asClient}>
        <Patient />
      </Screen>,
      page(),
    ),
  );
  await pass(0);
}

/** The entry as it is now, and what else the node tells of it. */
const now = (over: Fields) =>
  act(() => client.row("B41", { ...patientView().gurujis?.[0]?.entries[0], guruji: "g2", ...over }));
const called = (calledAt: string) => now({ status: "called", position: null, ahead: null, calledAt });

async function tap(what: string) {
  const all = [...document.querySelectorAll("button")];
  const button = all.find((one) => one.textContent?.includes(what));
  if (!button) throw new Error(`no button says ${what}: ${all.map((one) => one.textContent).join(" | ")}`);
  await act(async () => button.click());
  await pass(0);
}

async function leave() {
  await tap("I cannot wait");
  await tap("Leave the queue");
}
const left = () => client.of("queue.leave");
const shakes = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  shakes.mockReset();
  Object.defineProperty(navigator, "vibrate", { value: shakes, configurable: true });
});
afterEach(() => {
  render(null, page());
  Reflect.deleteProperty(document, "visibilityState");
  vi.useRealTimers();
});

describe("the phone", () => {
  it("tells a place, a range and why it is one", async () => {
    await open();
    for (const said of ["B041", "Shri Vasudev Maharaj", "4 people before you", "15–30 min", "a range, not"])
      expect(text()).toContain(said);
  });

  it("says what makes it take longer, instead of letting the number grow without a word", async () => {
    await open({}, { availability: "on_break", until: "2026-11-23T05:30:00.000Z" });
    expect(text()).toContain("Guruji rests until 11:00.");
    await open({}, { availability: "off" });
    expect(text()).toContain("Guruji is not here just now.");
  });

  it("lets them go to the guruji who is offered, and offers nothing otherwise", async () => {
    await open();
    expect(text()).not.toContain("another guruji");
    await open({}, { availability: "on_break", offerTo: "g3" });
    await tap("Go to the other guruji");
    expect(client.of("queue.transfer").map((one) => one.data)).toEqual([{ entry: "B41", guruji: "g3" }]);
    await open({ status: "on_hold" }, { availability: "on_break", offerTo: "g3" });
    expect(text()).not.toContain("another guruji");
  });

  it("asks once who the guruji is when it was sent to one it does not know", async () => {
    await open();
    expect(client.refetched).toBe(0);
    await now({ guruji: "g9" });
    await now({ guruji: "g9", generation: 7 });
    expect(client.refetched).toBe(1);
  });

  it("gives no number for a wait that is too long for one", async () => {
    await open({ wait: null });
    await act(() => client.place("B41", { position: 40, ahead: 39, wait: null, longWait: true }));
    expect(text()).toContain("A long wait. Please ask at the desk");
    expect(text()).not.toMatch(/\d–\d/);
  });

  it("says why it tells no wait yet", async () => {
    await open({ wait: null });
    expect(text()).toContain("How long it takes is told after a few visits.");
  });

  it("shakes until it is touched, and anew at a recall", async () => {
    await open();
    expect(shakes).not.toHaveBeenCalled();
    await called("2026-11-23T04:54:00.000Z");
    expect(text()).toContain("It is your turn");
    expect(shakes).toHaveBeenCalledTimes(1);
    await pass(12_500);
    expect(shakes).toHaveBeenCalledTimes(3);
    await act(() => void window.dispatchEvent(new Event("pointerdown")));
    await pass(60_000);
    expect(shakes).toHaveBeenCalledTimes(3);
    await called("2026-11-23T04:56:00.000Z");
    expect(shakes).toHaveBeenCalledTimes(4);
    await pass(600_000);
    expect(shakes).toHaveBeenCalledTimes(3 + 8);
  });

  it("shakes once for one call, whatever else the node tells of it", async () => {
    await open();
    await called("2026-11-23T04:54:00.000Z");
    await called("2026-11-23T04:54:00.000Z");
    expect(shakes).toHaveBeenCalledTimes(1);
  });

  it("leaves only after a while in which it can be taken back", async () => {
    await open();
    await leave();
    expect(text()).toContain("You are leaving the queue");
    await pass(GRACE_MS - 100);
    expect(left()).toEqual([]);
    await tap("No, keep my place");
    await pass(GRACE_MS * 2);
    expect(left()).toEqual([]);
    expect(document.activeElement?.textContent).toContain("I cannot wait");
    await leave();
    expect(document.activeElement?.textContent).toContain("No, keep my place");
    await pass(GRACE_MS);
    expect(left().map((one) => one.data)).toEqual([{ entry: "B41" }]);
    await pass(GRACE_MS * 2);
    expect(left()).toHaveLength(1);
  });

  it("leaves at once when the phone is put away", async () => {
    await open();
    await leave();
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    await act(() => void document.dispatchEvent(new Event("visibilitychange")));
    expect(left()).toHaveLength(1);
    await pass(GRACE_MS * 2);
    expect(left()).toHaveLength(1);
  });

  it("still lets them take it back when their turn comes meanwhile", async () => {
    await open();
    await leave();
    await called("2026-11-23T04:54:00.000Z");
    expect(text()).toContain("It is your turn");
    await tap("No, keep my place");
    await pass(GRACE_MS * 2);
    expect(left()).toEqual([]);
  });

  it("says what has become of them, and offers nothing more, once they are out", async () => {
    for (const [status, said] of [
      ["left", "You are no longer in the queue"],
      ["no_show", "You are no longer in the queue"],
      ["done", "Your visit is over"],
    ] as const) {
      await open({ status, position: null, ahead: null, wait: null });
      expect(text()).toContain(said);
      expect(text()).not.toContain("I cannot wait");
    }
  });

  it("shows when its place was last known while it hears nothing, and that it cannot ring", async () => {
    await open();
    await pass(30_000);
    await act(async () => client.connect("offline"));
    for (const said of ["At 10:24:", "From 10:24, about", "The phone cannot ring now", "30 s ago"])
      expect(text()).toContain(said);
    expect(text()).not.toContain("It rings");
  });

  it("tells nothing of anybody else", async () => {
    await open();
    for (const { entries } of gurujis)
      for (const { token } of entries) if (token !== "B041") expect(text()).not.toContain(token);
  });
});

describe("a call for help", () => {
  const raised = () => client.of("emergency.raise");
  /** The one call as the phone keeps it. */
  const kept = (state: PendingState) =>
    act(() => {
      const one = { id: "h", type: "emergency.raise", data: { entry: "B41" }, at: 0, state, mine: true };
      client.set({ pending: [{ ...one, user: { id: "d1", name: "" } }] });
    });
  const sent = () => act(() => client.set({ pending: [] }));

  it.each(["waiting", "called", "in_service", "on_hold", "no_answer"])(
    "is there while they are %s, and asks once",
    async (status) => {
      await open({ status });
      await tap("I need help");
      expect(raised()).toEqual([]);
      await tap("Call them");
      expect(raised().map((one) => one.data)).toEqual([{ entry: "B41" }]);
    },
  );

  it("says that nobody knows while the phone is cut off, and then that somebody does", async () => {
    await open();
    await kept("waiting");
    expect(text()).toContain("Nobody knows yet");
    await kept("sending");
    expect(text()).toContain("The staff are being called");
    await sent();
    expect(text()).toContain("The staff have been called. Stay here, or call 112.");
    await now({ status: "called", position: null, ahead: null, calledAt: "2026-11-23T04:55:00Z" });
    expect(text()).toContain("The staff have been called.");
  });

  it("is not told as given when it was taken back or refused", async () => {
    await open();
    await kept("waiting");
    await tap("No, it is all right");
    await sent();
    expect(text()).not.toContain("have been called");
    await kept("rejected");
    expect(text()).toContain("They could not be called.");
    await sent();
    expect(text()).not.toContain("have been called");
  });

  it("is not offered to whoever is out", async () => {
    await open({ status: "done" });
    expect(text()).not.toContain("I need help");
  });
});
