// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { ClientContext, PlaceContext, ScreenAge, ScreenLinks } from "../src/screen/client.tsx";
import { FakeClient } from "./fakeClient.ts";

const page = () => document.getElementById("app") as HTMLElement;
let client: FakeClient;

beforeEach(async () => {
  vi.useFakeTimers();
  document.body.innerHTML = '<div id="app"></div>';
  client = new FakeClient();
  await act(() =>
    render(
      <ClientContext.Provider value={client.asClient}>
        <PlaceContext.Provider value={{ name: "", zone: undefined, node: "site", others: location.origin }}>
          <ScreenLinks />
          <ScreenAge />
        </PlaceContext.Provider>
      </ClientContext.Provider>,
      page(),
    ),
  );
});
afterEach(() => {
  render(null, page());
  vi.useRealTimers();
});

/** The tab was frozen for a minute: its clock moved, and none of its timers ran yet. */
const freeze = () => vi.setSystemTime(Date.now() + 60_000);

it("a tab that wakes says nothing of real-time over old data, whatever makes it draw first", async () => {
  expect(page().textContent).toContain("Real-time");
  freeze();
  await act(() => client.row("e1", { status: "waiting" })); // what piled up is worked through
  expect(page().textContent).not.toContain("Real-time");
  expect(page().textContent).toContain("1 min old");
});

it("nor does one whose client believes itself live although nothing was heard", async () => {
  freeze();
  await act(async () => {
    await vi.advanceTimersByTimeAsync(1_000);
  });
  expect(page().textContent).not.toContain("Real-time");
});
