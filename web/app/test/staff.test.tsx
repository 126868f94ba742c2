// @vitest-environment happy-dom
import type { CentreSite, Change, SnapshotView, UplinkStatus } from "@sangam/sdk";
import { render } from "preact";
import { act } from "preact/test-utils";
import type { ReactElement } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

let inner: FakeClient | null = null;
vi.mock("@sangam/sdk", async (original) => ({
  ...(await original<typeof import("@sangam/sdk")>()),
  createClient: () => inner?.asClient,
}));

import { Devices } from "../src/admin/Devices.tsx";
import { PairPanel } from "../src/admin/PairPanel.tsx";
import { Drawer } from "../src/blocks/Drawer.tsx";
import { Centre } from "../src/centre/Centre.tsx";
import { goTo } from "../src/centre/pages.ts";
import { SiteQueue } from "../src/centre/SiteQueue.tsx";
import { Guruji } from "../src/guruji/Guruji.tsx";
import { ClientContext, PlaceContext } from "../src/screen/client.tsx";
import { Language } from "../src/words/Language.tsx";
import { FakeClient } from "./fakeClient.ts";
import { CLINIC_NOW, clinicView, gurujis } from "./fixtures.ts";

const page = () => document.body;
const text = () => page().textContent ?? "";
const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function open(client: FakeClient, screen: ReactElement, node: "site" | "centre" = "site") {
  await act(() =>
    render(
      <ClientContext.Provider value={client.asClient}>
        <PlaceContext.Provider
          value={{ name: "Nirmal Dham", zone: "Asia/Kolkata", node, others: location.origin }}
        >
          <Language first="en">{screen}</Language>
        </PlaceContext.Provider>
      </ClientContext.Provider>,
      document.getElementById("app") as HTMLElement,
    ),
  );
  await pass(0);
}

function button(what: string): HTMLButtonElement {
  const found = [...page().querySelectorAll("button")].find((one) =>
    (one.getAttribute("aria-label") ?? one.textContent ?? "").includes(what),
  );
  if (!found) throw new Error(`no button ${what}: ${text()}`);
  return found;
}

async function tap(what: string) {
  await act(async () => button(what).click());
  await pass(0);
}

/** The DOM of these tests changes the address and tells nobody. */
async function moved() {
  await act(async () => void dispatchEvent(new Event("hashchange")));
  await pass(0);
}

async function key(name: string) {
  await act(async () => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  });
  await pass(0);
}

beforeEach(() => {
  vi.useFakeTimers({ now: CLINIC_NOW });
  document.body.innerHTML = '<div id="app"></div>';
  location.hash = "";
});
afterEach(() => {
  render(null, document.getElementById("app") as HTMLElement);
  vi.useRealTimers();
});

describe("the drawer of pending changes", () => {
  const uplink = (state: string): UplinkStatus =>
    ({
      state,
      lagMs: 1000,
      backlog: { records: 3, bytes: 900, oldestAt: new Date(CLINIC_NOW).toISOString() },
      lastHeard: new Date(CLINIC_NOW).toISOString(),
    }) as UplinkStatus;

  it.each([
    ["live", "On the way to the centre"],
    ["lagging", "On the way, but slowly"],
    ["connecting", "Connecting to the centre"],
    ["silent", "Centre not heard"],
    ["never_seen", "Centre not heard"],
    ["rejected", "The line is stopped"],
    ["a state of later", "Centre not heard"],
  ])("says of a line that is %s: %s", async (state, said) => {
    const client = new FakeClient();
    client.set({ uplink: uplink(state) });
    await open(client, <Drawer />);
    expect(text()).toContain("3 changes");
    expect(text()).toContain(said);
  });

  it("promises nothing about a line that this screen cannot hear of, or that is none", async () => {
    const client = new FakeClient();
    client.set({ uplink: uplink("live") });
    client.connect("offline");
    await open(client, <Drawer />);
    expect(text()).toContain("Not known from here just now");
    client.connect("realtime");
    await act(async () => client.set({ uplink: uplink("off") }));
    expect(text()).toContain("Nothing is waiting");
  });
});

const siteRows: Change[] = [
  ["kapil", "Kapil Ashram", "silent"],
  ["nirmal", "Nirmal Dham", "live"],
].map(([id, name, state]) => ({
  kind: "site_status",
  id: id as string,
  fields: {
    name,
    state,
    lastHeard: new Date(CLINIC_NOW - 60_000).toISOString(),
    backlog: { records: 0, bytes: 0, oldestAt: null },
    clockOffsetMs: 0,
    waiting: 17,
    inService: 1,
    done: 4,
  },
}));
const sites: SnapshotView = { rows: siteRows };

describe("the centre", () => {
  const queue = (view: SnapshotView | null) => {
    inner = new FakeClient(view ?? {});
    if (!view) inner.set({ view: null });
    return inner;
  };

  it("goes back by Escape from the queue to the site, and from the site to the list, to where one was", async () => {
    queue(clinicView());
    await open(new FakeClient(sites), <Centre />, "centre");
    goTo("nirmal", true);
    await moved();
    expect(text()).toContain("A041");
    await key("Escape");
    expect(location.hash).toBe("#site=nirmal");
    await moved();
    expect(document.activeElement?.textContent).toBe("Nirmal Dham");
    await key("Escape");
    expect(location.hash).toBe("");
    await moved();
    expect(page().querySelector(".drawer")).toBeNull();
  });

  it("knows no names, and has no place for one", async () => {
    const named = clinicView();
    queue(named);
    await open(new FakeClient(sites), <Centre />, "centre");
    goTo("nirmal", true);
    await moved();
    expect(page().querySelectorAll(".lane .line").length).toBeGreaterThan(30);
    expect(text()).not.toContain("No name given");
    expect(page().querySelector(".line .name")).toBeNull();
  });

  const site = { ...(siteRows[1]?.fields as unknown as CentreSite), id: "nirmal" };
  it("draws bones while a queue is on its way, and says it when it cannot be read or may not", async () => {
    const own = queue(null);
    await open(new FakeClient(sites), <SiteQueue site={site} onBack={() => {}} />, "centre");
    await pass(400);
    expect(text()).toContain("Loading");
    await act(async () =>
      own.set({ connection: { ...own.asClient.getState().connection, mode: "fallback", retryCount: 1 } }),
    );
    expect(text()).not.toContain("Loading");
    expect(text()).toContain("Its queue could not be read");
    await act(async () => own.set({ session: { ...own.asClient.getState().session, status: "forbidden" } }));
    expect(text()).toContain("The centre does not show you this queue");
  });

  it("says of itself, not of a site, that it is not heard", async () => {
    const client = new FakeClient(sites);
    client.connect("offline");
    await open(client, <Centre />, "centre");
    expect(text()).toContain("The centre is not heard");
    expect(text()).not.toContain("when the site is heard");
  });
});

describe("the site admin", () => {
  const device = (id: string, state: string, code: string) => ({
    kind: "device",
    id,
    fields: {
      kind: "kiosk",
      name: `Kiosk ${id}`,
      state,
      code,
      requestedAt: new Date(CLINIC_NOW).toISOString(),
    },
  });
  const withDevices = () =>
    new FakeClient({
      ...clinicView(),
      rows: [device("d1", "requested", "7KQM-X2PA"), device("d2", "approved", "")],
    });

  it("lets in what shows the code, and asks once more before it takes something out", async () => {
    const client = withDevices();
    await open(client, <Devices />);
    expect(text()).toContain("7KQM-X2PA");
    await tap("Let it in");
    expect(client.of("device.approve").map((one) => one.data)).toEqual([{ device: "d1" }]);
    await tap("Take out: Kiosk d2");
    expect(client.of("device.revoke")).toEqual([]);
    const sure = [...page().querySelectorAll<HTMLButtonElement>("[role=dialog] footer button")].at(-1);
    await act(async () => sure?.click());
    expect(client.of("device.revoke").map((one) => one.data)).toEqual([{ device: "d2" }]);
  });

  async function askForCode(client: FakeClient) {
    await open(client, <PairPanel onClose={() => {}} />);
    const input = page().querySelector("input") as HTMLInputElement;
    await act(async () => {
      input.value = "Gate";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await act(async () => {
      page()
        .querySelector("form")
        ?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
    await pass(0);
  }

  it("shows a pair code once, and keeps none of it", async () => {
    const client = new FakeClient();
    client.answers["/api/v1/devices"] = {
      device: "d9",
      code: "AMRA-7UTS",
      expiresAt: "2026-12-23T04:54:00.000Z",
    };
    await askForCode(client);
    expect(client.asked.at(-1)).toEqual({ path: "/api/v1/devices", body: { kind: "kiosk", name: "Gate" } });
    expect(text()).toContain("AMRA-7UTS");
    expect(client.sent).toEqual([]);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("AMRA");
  });

  it("says when the box does not answer, and why it refuses", async () => {
    await askForCode(FakeClient.signedOut({ code: "offline", message: "" }));
    expect(text()).toContain("The box does not answer");
    render(null, document.getElementById("app") as HTMLElement);
    await askForCode(FakeClient.signedOut({ code: "conflict", message: "There are too many devices." }));
    expect(text()).toContain("There are too many devices.");
  });
});

describe("the guruji", () => {
  const inside = (rows: SnapshotView["rows"]): FakeClient => {
    const [first, ...others] = gurujis;
    const [now, ...line] = first?.entries ?? [];
    const client = new FakeClient({
      ...clinicView(),
      gurujis: [
        {
          ...(first as (typeof gurujis)[0]),
          entries: [{ ...now, person: "p1" } as (typeof line)[0], ...line],
        },
        ...others,
      ],
      rows: rows ?? [],
    });
    client.set({
      session: {
        ...client.asClient.getState().session,
        kind: "staff",
        user: { id: "u3", name: "Guruji", role: "guruji", gurujiId: "g1" },
      },
    });
    return client;
  };

  /** The person in front of the guruji comes with code of its own. */
  async function comeIn(client: FakeClient) {
    await open(client, <Guruji />);
    await import("../src/guruji/Here.tsx");
    await pass(0);
  }

  const told = (...records: { kind: string; id: string; fields: Record<string, unknown> }[]) => ({
    results: [{ status: "applied", data: { person: "p1", records } }],
  });

  it("is told that nothing from before is known once the node has said so, and not before", async () => {
    const client = inside([]);
    client.connect("offline");
    await comeIn(client);
    expect(text()).toContain("A038");
    expect(text()).not.toContain("Nothing from before");
    expect(text()).toContain("Earlier days come when the box is heard.");
    client.answers["/api/v1/actions"] = told();
    await act(async () => client.connect("realtime"));
    await pass(0);
    expect(text()).toContain("Nothing from before is known here.");
  });

  it("asks the node for earlier days when somebody comes in, and leaves nothing of them in the browser", async () => {
    const client = inside([]);
    client.answers["/api/v1/actions"] = told(
      {
        kind: "consultation",
        id: "c1",
        fields: {
          person: "p0",
          guruji: "g1",
          startedAt: "2026-08-03T05:00:00Z",
          endedAt: "2026-08-03T05:06:00Z",
          notes: "Knee",
          entry: "e1",
        },
      },
      {
        kind: "amendment",
        id: "m1",
        fields: { consultation: "c1", createdAt: "2026-08-04T05:00:00Z", text: "Less salt" },
      },
      {
        kind: "remedy",
        id: "r1",
        fields: { entry: "e1", name: "Mahayograj guggulu", type: "ayurvedic", days: 21 },
      },
    );
    await comeIn(client);
    await pass(0);
    const asked = client.asked.filter(({ path }) => path === "/api/v1/actions");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body).toMatchObject({ actions: [{ type: "person.history", data: { entry: "A38" } }] });
    const past = page().querySelector(".past")?.textContent ?? "";
    for (const known of ["Knee", "Less salt", "Mahayograj guggulu"]) expect(past).toContain(known);
    expect(client.sent).toEqual([]);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("Knee");
    await tap("Add to it");
    const field = page().querySelector<HTMLTextAreaElement>(".past textarea");
    if (!field) throw new Error("no field to add to");
    field.value = "Walks well";
    await act(async () => void field.dispatchEvent(new Event("input", { bubbles: true })));
    await act(async () => page().querySelector<HTMLFormElement>(".past form")?.requestSubmit());
    expect(client.of("consultation.amend")[0]?.data).toEqual({ consultation: "c1", text: "Walks well" });
  });

  it("finds those who were seen today, to add to their notes", async () => {
    const client = inside([
      { kind: "person", id: "p9", fields: { name: "Usha Patil" } },
      {
        kind: "consultation",
        id: "c9",
        fields: {
          person: "p9",
          guruji: "g1",
          startedAt: "2026-11-23T04:00:00Z",
          endedAt: "2026-11-23T04:06:00Z",
          notes: "Sleeps badly",
        },
      },
      {
        kind: "consultation",
        id: "c8",
        fields: {
          person: "p9",
          guruji: "g2",
          startedAt: "2026-11-23T04:00:00Z",
          endedAt: "2026-11-23T04:06:00Z",
        },
      },
    ]);
    await comeIn(client);
    await key("v");
    await import("../src/guruji/SeenPanel.tsx"); // its code comes when it is opened
    await pass(0);
    const seen = page().querySelector(".panel.seen");
    expect(seen?.querySelectorAll("li")).toHaveLength(1);
    expect(seen?.textContent).toContain("Usha Patil");
    expect(seen?.textContent).toContain("Sleeps badly");
  });

  it("sees earlier visits that the node tells, the newest first", async () => {
    const visit = (id: string, startedAt: string, notes: string) => ({
      kind: "consultation",
      id,
      fields: { person: "p1", guruji: "g1", startedAt, notes },
    });
    await comeIn(
      inside([visit("c1", "2026-08-03T05:00:00Z", "Knee"), visit("c2", "2026-10-12T05:00:00Z", "Sleep")]),
    );
    const past = page().querySelector(".past")?.textContent ?? "";
    expect(past.indexOf("Sleep")).toBeGreaterThan(-1);
    expect(past.indexOf("Sleep")).toBeLessThan(past.indexOf("Knee"));
  });
});
