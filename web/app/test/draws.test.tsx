// @vitest-environment happy-dom
import { options, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { Coordinator } from "../src/coordinator/Coordinator.tsx";
import { ClientContext, PlaceContext } from "../src/screen/client.tsx";
import { Language } from "../src/words/Language.tsx";
import { FakeClient } from "./fakeClient.ts";
import { CLINIC_NOW, clinicView } from "./fixtures.ts";

const user = { id: "u1", name: "Ashwini Sathe", role: "coordinator" };
/** Names of the blocks that were drawn since it was emptied. */
let drawn: string[] = [];
const before = options.diffed;

beforeEach(() => {
  vi.useFakeTimers({ now: CLINIC_NOW });
  document.body.innerHTML = '<div id="app"></div>';
  options.diffed = (vnode) => {
    if (typeof vnode.type === "function") drawn.push(vnode.type.displayName ?? vnode.type.name);
    before?.(vnode);
  };
});
afterEach(() => {
  render(null, document.getElementById("app") as HTMLElement);
  options.diffed = before ?? (() => {});
  vi.useRealTimers();
});

const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function openDesk() {
  const client = new FakeClient(clinicView());
  client.set({ session: { status: "signed_in", user, kind: "staff", node: "n" } });
  await act(() =>
    render(
      <ClientContext.Provider value={client.asClient}>
        <PlaceContext.Provider
          value={{ name: "Nirmal Dham", zone: "Asia/Kolkata", node: "site", others: location.origin }}
        >
          <Language first="en">
            <Coordinator />
          </Language>
        </PlaceContext.Provider>
      </ClientContext.Provider>,
      document.getElementById("app") as HTMLElement,
    ),
  );
  // The blocks that come after the screen.
  for (let i = 0; i < 20; i++) await pass(10);
  drawn = [];
  return client;
}

const times = (name: string) => drawn.filter((one) => one === name).length;
const rowOf = (client: FakeClient, id: string) =>
  client.asClient.getState().rows.get("row")?.get(id)?.fields ?? {};

it("draws one lane and one line of the desk when one person is put on hold", async () => {
  const client = await openDesk();
  await act(() => client.row("B39", { ...rowOf(client, "B39"), status: "on_hold" }));
  expect(document.querySelector("[data-line=B39]")?.classList.contains("gone")).toBe(true);
  expect(document.querySelectorAll("[aria-labelledby=guruji-g2] .ruled [data-line]")).toHaveLength(12);
  expect(times("Lane")).toBe(1);
  expect(times("EntryLine")).toBe(1);
  expect(drawn).not.toContain("Coordinator");
  expect(drawn).not.toContain("Bar");
});

it("draws nothing of the queue when only the line to the centre is told of", async () => {
  const client = await openDesk();
  await act(() =>
    client.set({
      uplink: { state: "live", lagMs: 0, backlog: { records: 0, bytes: 0, oldestAt: null }, lastHeard: null },
    }),
  );
  expect(times("Links")).toBe(1);
  expect(times("Lane") + times("Coordinator")).toBe(0);
});

it("draws one line of text a second while nothing happens", async () => {
  const client = await openDesk();
  for (let i = 0; i < 4; i++) {
    client.hear();
    await pass(1000);
  }
  expect(times("Lane") + times("Line") + times("Coordinator") + times("Links")).toBe(0);
});
