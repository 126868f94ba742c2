// @vitest-environment happy-dom
import type { Change } from "@sangam/sdk";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("react", () => import("preact/compat"));
vi.mock("react-dom", () => import("preact/compat"));
vi.mock("react/jsx-runtime", () => import("preact/jsx-runtime"));
vi.mock("react/jsx-dev-runtime", () => import("preact/jsx-runtime"));

import { askedFor, expectedToday, typedPeople } from "../src/coordinator/group.ts";
import { doubtCount, doubtsOf } from "../src/desk/doubts.ts";
import { StaffDrawer } from "../src/desk/StaffDrawer.tsx";
import { ClientContext, PlaceContext } from "../src/screen/client.tsx";
import { Language } from "../src/words/Language.tsx";
import { FakeClient } from "./fakeClient.ts";
import { clinicView, DAY, entry } from "./fixtures.ts";

const page = () => document.getElementById("app") as HTMLElement;
const text = () => page().textContent ?? "";

/** A desk with two edits that met and somebody who may be known. */
function desk(role = "coordinator") {
  const view = clinicView();
  (view.rows as Change[]).push(
    {
      kind: "conflict",
      id: "c1",
      fields: {
        subjectKind: "guruji",
        subject: "g2",
        field: "room",
        value: "7",
        at: "2026-11-23T04:40:00Z",
        settledAt: null,
      },
    },
    {
      kind: "conflict",
      id: "c2",
      fields: { subjectKind: "entry", subject: "A41", field: "status", value: 3, at: "2026-11-23T04:41:00Z" },
    },
    {
      kind: "conflict",
      id: "c3",
      fields: { subjectKind: "setting", field: "value", settledAt: "2026-11-23T04:42:00Z" },
    },
    { kind: "guruji", id: "g2", fields: { name: "Shri Vasudev Maharaj", room: "2" } },
  );
  const client = new FakeClient(view);
  client.set({
    session: {
      status: "signed_in",
      user: { id: "u1", name: "Ashwini Sathe", role },
      kind: "staff",
      node: "n",
    },
  });
  client.row("A52", { ...entry("A52", "A052"), guruji: "g1", name: "Ram Rao", person: "p1", alike: "p2" });
  client.row("C30", { ...entry("C30", "C030"), guruji: "g3", name: "Ram Rav", person: "p2" });
  return client;
}

async function open(client: FakeClient, lang: "en" | "hi" = "en") {
  await act(() =>
    render(
      <ClientContext.Provider value={client.asClient}>
        <PlaceContext.Provider
          value={{ name: "Nirmal Dham", zone: "Asia/Kolkata", node: "site", others: location.origin }}
        >
          <Language first={lang}>
            <StaffDrawer />
          </Language>
        </PlaceContext.Provider>
      </ClientContext.Provider>,
      page(),
    ),
  );
}

async function tap(what: string) {
  const found = [...page().querySelectorAll("button")].find((one) => one.textContent?.trim() === what);
  if (!found) throw new Error(`no button ${what}: ${text()}`);
  await act(async () => found.click());
}

beforeEach(() => {
  document.body.innerHTML = '<div id="app"></div>';
});
afterEach(() => render(null, page()));

describe("what only a person can decide", () => {
  it("stands in the drawer with both values, and keeps the one that is chosen", async () => {
    const client = desk();
    await open(client);
    expect(text()).toContain("“2” stands. “7” was written elsewhere and dropped.");
    await tap("Keep “7”");
    expect(client.of("conflict.settle")[0]?.data).toEqual({ conflict: "c1", keep: "lost" });
    await tap("Keep “2”");
    expect(client.of("conflict.settle")[1]?.data).toEqual({ conflict: "c1", keep: "current" });
  });

  it("offers no value back where a move of the queue was dropped: it is made again", async () => {
    const client = desk();
    await open(client);
    const moved = [...page().querySelectorAll("article")].find((one) => one.textContent?.includes("A041"));
    expect(moved?.textContent).toContain("do it again if it is still meant");
    expect(moved?.querySelectorAll("button")).toHaveLength(1);
  });

  it("asks whether two are one, and names the other's token", async () => {
    const client = desk();
    await open(client);
    expect(text()).toContain("C030 Ram Rav has nearly the same name and phone.");
    await tap("Same person");
    expect(client.of("person.merge")[0]?.data).toEqual({ keep: "p2", drop: "p1" });
    await tap("Two people");
    expect(client.of("person.update")[0]?.data).toEqual({ person: "p1", distinct: true });
  });

  it("is left to those whose role may decide it", () => {
    expect(doubtCount(doubtsOf(desk().asClient.getState()))).toBe(3);
    expect(doubtCount(doubtsOf(desk("guruji").asClient.getState()))).toBe(2);
    expect(doubtCount(doubtsOf(desk("central_admin").asClient.getState()))).toBe(0);
  });
});

describe("what was refused", () => {
  it.each([
    ["en", "not_allowed", "The day is closed."],
    ["hi", "not_allowed", "यह अभी नहीं हो सकता। (The day is closed.)"],
    ["hi", "stale", "इस बीच किसी और ने इसे बदल दिया था।"],
  ] as const)("says why, in %s: %s", async (lang, code, said) => {
    const client = desk();
    const action = { id: "a", type: "queue.hold", data: { entry: "A52" }, at: 0, mine: true } as const;
    const error = { code, message: "The day is closed.", retryable: false };
    const pending = [{ ...action, saw: {}, state: "rejected", user: { id: "u1", name: "" }, error }] as const;
    client.set({ pending });
    await open(client, lang);
    expect(text()).toContain(said);
    expect(text().includes("The day is closed.")).toBe(code !== "stale");
  });
});

describe("several who came together", () => {
  it("are read one a line, with a phone where one stands", () => {
    const typed =
      "Rama Joshi, 98220 12345\n\n  Gopal Rao \nसावित्री काळे +91 98220-12346\nRoom 12 boy\nLong 1234567890123456";
    expect(typedPeople(typed)).toEqual([
      { name: "Rama Joshi", phone: "98220 12345" },
      { name: "Gopal Rao", phone: "" },
      { name: "सावित्री काळे", phone: "+91 98220-12346" },
      { name: "Room 12 boy", phone: "" },
      { name: "Long 1234567890123456", phone: "" },
    ]);
    expect(typedPeople(Array(150).fill("Ram").join("\n"))).toHaveLength(100);
  });

  it("are asked for in the order they came: waitlist, bookings, then those typed", () => {
    const view = clinicView();
    const booked = (id: string, status: string, slot: string, date = DAY) => ({
      kind: "appointment",
      id,
      fields: { name: id, guruji: "g1", status, slot, date },
    });
    (view.rows as Change[]).push(
      booked("late", "confirmed", "2026-11-23T06:00:00Z"),
      booked("soon", "booked", "2026-11-23T05:00:00Z"),
      booked("came", "checked_in", "2026-11-23T04:00:00Z"),
      booked("tomorrow", "booked", "2026-11-24T05:00:00Z", "2026-11-24"),
      {
        kind: "waitlist",
        id: "w1",
        fields: { name: "w1", guruji: "g2", state: "waiting", joinedAt: "2026-11-23T04:30:00Z" },
      },
      { kind: "waitlist", id: "w2", fields: { name: "w2", guruji: "g2", state: "admitted" } },
    );
    const expected = expectedToday(new FakeClient(view).asClient.getState());
    expect(expected.map((one) => one.id)).toEqual(["w1", "soon", "late"]);
    const asked = askedFor({ typed: "Gopal Rao", guruji: "g3", ticked: new Set(["late", "w1"]) }, expected);
    expect(asked.map(({ type, data }) => [type, data])).toEqual([
      ["queue.admit", { waitlist: "w1" }],
      ["queue.check_in", { appointment: "late" }],
      ["queue.check_in", { person: { name: "Gopal Rao" }, guruji: "g3" }],
    ]);
  });
});
