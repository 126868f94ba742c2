import type { CentreSite, QueueEntry } from "@sangam/sdk";
import { describe, expect, it } from "vitest";
import { beatOf, noted, pathOf } from "../src/centre/beats.ts";
import { stateOf, toldNow, worstFirst } from "../src/centre/sites.ts";
import { askOf, chosen, EMPTY, phoneIsWrong } from "../src/coordinator/draft.ts";
import { hitsFor } from "../src/coordinator/hits.ts";
import { markOf } from "../src/coordinator/marks.ts";
import { choicesFor } from "../src/coordinator/Prioritise.tsx";
import { fits, standing } from "../src/coordinator/people.ts";
import { breakEnd } from "../src/desk/AvailabilityPanel.tsx";
import { laneParts } from "../src/desk/Lane.tsx";
import { movesOf, recallInMs, sawOf, undone } from "../src/desk/moves.ts";
import { minutesSince, stopwatch } from "../src/desk/time.ts";
import { stillOffered, type Undoable } from "../src/desk/undo.ts";
import { doing, firstWhy } from "../src/desk/why.tsx";
import { maySettle, SETTLE_MS, stageOf } from "../src/guruji/flow.ts";
import { CLINIC_NOW } from "./fixtures.ts";

const at = (minutes: number) => new Date(CLINIC_NOW + minutes * 60_000).toISOString();
function person(over: Partial<QueueEntry> = {}): QueueEntry {
  const own = { id: "e", token: "A001", status: "waiting", generation: 3, guruji: "g1", band: 1, order: 1 };
  const rest = {
    position: 1,
    ahead: 0,
    checkedInAt: at(-10),
    wait: null,
    name: "Usha Patil",
    why: [],
    pending: false,
  };
  return { ...own, ...rest, fields: {}, ...over };
}
const site = (name: string, state: string, over: Partial<CentreSite> = {}): CentreSite => ({
  id: name,
  name,
  state,
  lastHeard: at(0),
  backlog: { records: 0, bytes: 0, oldestAt: null },
  clockOffsetMs: 0,
  waiting: 1,
  inService: 1,
  done: 1,
  ...over,
});

describe("what an action saw", () => {
  it("is the row as shown, and what the node asks for beyond status and generation", () => {
    const entry = person({ fields: { credit: 20 } });
    expect(sawOf(entry, "hold")).toEqual({ status: "waiting", generation: 3 });
    expect(sawOf(entry, "transfer")).toEqual({ status: "waiting", generation: 3, guruji: "g1" });
    expect(sawOf(entry, "prioritise")).toEqual({ status: "waiting", generation: 3, band: 1, credit: 20 });
    expect(sawOf(person(), "prioritise").credit).toBe(0);
  });
  it("offers only moves that the node takes from that status", () => {
    expect(movesOf(person())).not.toContain("recall");
    expect(movesOf(person({ status: "called" }))).toContain("recall");
    expect(movesOf(person({ status: "done" }))).toEqual(["reinstate"]);
    expect(movesOf(person({ token: "" }))).toEqual([]);
  });
  it("waits a minute of the clinic's time before a call is repeated", () => {
    const called = person({ fields: { calledAt: at(0) } });
    expect(recallInMs(called, CLINIC_NOW + 59_000, 60)).toBe(1000);
    expect(recallInMs(called, CLINIC_NOW + 60_000, 60)).toBe(0);
  });
});

describe("an undo", () => {
  const last: Undoable = {
    action: "a1",
    type: "",
    data: {},
    entry: "e",
    before: null,
    seen: "a0",
    until: 10_000,
  };
  it("is offered until its time is over or somebody did something else", () => {
    expect(stillOffered(last, 9999, "a1")).toBe(true);
    expect(stillOffered(last, 9999, "a0")).toBe(true);
    expect(stillOffered(last, 9999, "b7")).toBe(false);
    expect(stillOffered(last, 10_000, "a1")).toBe(false);
    expect(stillOffered(null, 0, undefined)).toBe(false);
  });
  it("is expected to put back what was, in a new generation", () => {
    const before = person();
    const now = person({ status: "on_hold", generation: 3 });
    expect(undone(before, now)).toMatchObject({ id: "e", fields: { status: "waiting", generation: 4 } });
    expect(undone(before, null)).toBe(false);
  });
});

describe("the list of sites", () => {
  it("has the worst first, and of the silent ones the longest unheard", () => {
    const sites = [
      site("live", "live"),
      site("late", "lagging", { backlog: { records: 9, bytes: 0, oldestAt: null } }),
      site("later", "lagging", { backlog: { records: 90, bytes: 0, oldestAt: null } }),
      site("quiet", "silent", { lastHeard: at(-5) }),
      site("quieter", "silent", { lastHeard: at(-50) }),
      site("copy", "cloned"),
    ];
    expect(worstFirst(sites).map((one) => one.name)).toEqual([
      "copy",
      "quieter",
      "quiet",
      "later",
      "late",
      "live",
    ]);
  });
  it("never calls a state live that it does not know", () => {
    expect(stateOf(site("x", "dreaming"))).toBe("never_seen");
    expect(beatOf(site("x", "dreaming"))).toBe("unheard");
    expect(toldNow(site("x", "silent"))).toBe(false);
  });
  it("keeps the worst of a minute, forgets after an hour, and draws nothing it did not hear", () => {
    let beats = noted(new Map(), [site("x", "live")], CLINIC_NOW);
    beats = noted(beats, [site("x", "silent")], CLINIC_NOW + 1000);
    beats = noted(beats, [site("x", "live")], CLINIC_NOW + 2000);
    expect([...(beats.get("x")?.values() ?? [])]).toEqual(["unheard"]);
    expect(pathOf(beats.get("x"), "on-time", CLINIC_NOW)).toBe("");
    expect(pathOf(beats.get("x"), "unheard", CLINIC_NOW)).toContain("M236 ");
    const later = noted(beats, [site("x", "live")], CLINIC_NOW + 3_600_000);
    expect([...(later.get("x")?.values() ?? [])]).toEqual(["on-time"]);
  });
});

describe("a check-in", () => {
  it("asks for what was said and nothing else", () => {
    expect(askOf(EMPTY)).toEqual({});
    expect(
      askOf({ ...EMPTY, name: " Deepa ", phone: "98220 11456", credit: "elderly", guruji: "g2" }),
    ).toEqual({
      person: { name: "Deepa", phone: "98220 11456" },
      credit: "elderly",
      guruji: "g2",
    });
    expect(askOf({ ...EMPTY, credit: "elderly", emergency: true }, true)).toEqual({
      emergency: true,
      override: true,
    });
  });
  it("takes a booking with its guruji, and a known person by id", () => {
    const known = { id: "ap", person: "p1", name: "Deepa", phone: "", entry: null };
    const booked = { ...known, appointment: { id: "ap", slot: at(10), guruji: "g3" } };
    expect(askOf(chosen(EMPTY, booked))).toEqual({ guruji: "g3", appointment: "ap" });
    expect(askOf(chosen(EMPTY, { ...known, appointment: null }))).toEqual({ person: { id: "p1" } });
  });
  it("takes phones as people write them", () => {
    for (const fine of ["", "98220 11456", "+91 98220-11456"]) expect(phoneIsWrong(fine), fine).toBe(false);
    for (const wrong of ["123", "ask her son", "9822011456x"]) expect(phoneIsWrong(wrong), wrong).toBe(true);
  });
  it("says where somebody will stand by the node's own order", () => {
    const band = 2 ** 43;
    const queue = [-30, -20, -10].map((minutes, i) =>
      person({ id: `e${i}`, order: band + CLINIC_NOW + minutes * 60_000 }),
    );
    const now = { clinicNowMs: CLINIC_NOW, creditMinutes: 0, emergency: false };
    expect(standing(queue, now).place).toBe(4);
    expect(standing(queue, { ...now, creditMinutes: 15 }).place).toBe(3);
    expect(standing(queue, { ...now, emergency: true }).place).toBe(1);
    expect(standing(queue, { ...now, slot: at(-25) }).place).toBe(2);
  });
  it("puts nobody before a person who arrived while the panel was open", () => {
    const came = person({ order: 2 ** 43 + CLINIC_NOW + 30_000, checkedInAt: at(0.5) });
    const now = { clinicNowMs: CLINIC_NOW, creditMinutes: 0, emergency: false };
    expect(standing([came], now).place).toBe(2);
    expect(standing([came], { ...now, creditMinutes: 20 }).place).toBe(1);
  });
});

describe("finding", () => {
  it("knows tokens from their start, names by any part, phones by any run of three", () => {
    expect(fits("a00", "A001", "Usha", "")).toBe(true);
    expect(fits("001", "A001", "Usha", "")).toBe(false);
    expect(fits(" usha  patil", "A001", "Usha  Patil", "")).toBe(true);
    expect(fits("PATIL", "A001", "Usha Patil", "")).toBe(true);
    expect(fits("शर्मा", "A001", "गीता शर्मा", "")).toBe(true);
    expect(fits("1145", "A001", "Usha", "98220 11456")).toBe(true);
    expect(fits("11", "A001", "Usha", "98220 11456")).toBe(false);
  });
  it("lists people only once something is typed, and deeds by their name", () => {
    const deed = { key: "c", icon: "plus" as const, name: "Check in", run() {} };
    const hits = (typed: string) => hitsFor(typed, [person()], null, () => [], [deed]);
    expect(hits("").map((hit) => hit.group)).toEqual(["screen"]);
    expect(hits("usha").map((hit) => hit.group)).toEqual(["person"]);
    expect(hits("check").map((hit) => hit.key)).toEqual(["c"]);
  });
  it("tells what can be done with the one found best, and what of it with the chosen one", () => {
    const called = person({ id: "c", token: "A002", name: "Hari Om", status: "called" });
    const deedsOf = (entry: QueueEntry) =>
      movesOf(entry).map((key) => ({ key, icon: "plus" as const, name: key, run() {} }));
    const keys = (typed: string) =>
      hitsFor(typed, [person(), called], called, deedsOf, []).map((hit) => hit.key);
    expect(keys("")).toEqual(movesOf(called).map((move) => `c ${move}`));
    expect(keys("usha")).toEqual(["e", ...movesOf(person()).map((move) => `e ${move}`)]);
    expect(keys("recall")).toEqual(["c recall"]);
  });
  it("marks what was typed, and tears no sign of Devanagari off its letter", () => {
    expect(markOf("Sandeepa Shirke", "deepa")).toEqual(["San", "deepa", " Shirke"]);
    expect(markOf("दीपा जोशी", "द")).toEqual(["", "दी", "पा जोशी"]);
    expect(markOf("लक्ष्मी", "लक")).toEqual(["", "लक्ष्मी", ""]);
    expect(markOf("Usha", "a1")).toBeNull();
    expect(markOf("Usha", "")).toBeNull();
  });
});

describe("a queue as it is told", () => {
  it("keeps those who did not answer in line, at their delayed place", () => {
    const queue = ["called", "waiting", "no_answer", "on_hold"].map((status) =>
      person({ id: status, status }),
    );
    const parts = laneParts(queue, [person({ id: "left", status: "left" })]);
    expect(parts.now.map((one) => one.id)).toEqual(["called"]);
    expect(parts.line.map((one) => one.id)).toEqual(["waiting", "no_answer"]);
    expect(parts.aside.map((one) => one.id)).toEqual(["on_hold", "left"]);
  });
  it("says the reason that matters most, and what the guruji does", () => {
    expect(firstWhy(["elderly", "emergency"])).toBe("emergency");
    expect(firstWhy(["something new"])).toBeNull();
    expect(doing({ availability: "available" }, [person({ status: "in_service" })])).toBe("with");
    expect(doing({ availability: "on_break" }, [person({ status: "called" })])).toBe("onBreak");
  });
  it("offers no priority that is so already", () => {
    const keys = choicesFor(person({ why: ["elderly"], fields: { nudge: 10 } })).map((one) => one.key);
    expect(keys).not.toContain("elderly");
    expect(keys).not.toContain("nudge10");
    expect(keys).toContain("nudge0");
    expect(choicesFor(person({ band: 0 })).at(-1)?.data).toEqual({ emergency: false });
  });
});

describe("the guruji's tablet", () => {
  const here = { availability: "available", until: null };
  it("never hides a person behind a break, and shows who has been inside longest", () => {
    const queue = [
      person({ id: "new", status: "in_service", fields: { startedAt: at(-1) } }),
      person({ id: "old", status: "in_service", fields: { startedAt: at(-9) } }),
      person({ id: "called", status: "called" }),
    ];
    const stage = stageOf({ availability: "on_break", until: at(30) }, queue);
    expect(stage).toMatchObject({ name: "here", entry: { id: "old" }, others: [{ id: "new" }] });
    expect(stageOf(here, [person({ status: "called" })]).name).toBe("called");
    expect(stageOf(here, [person()]).name).toBe("free");
    expect(stageOf({ availability: "on_break", until: at(30) }, []).name).toBe("away");
  });
  it("takes a second press of the one key as part of the first", () => {
    expect(maySettle(0, SETTLE_MS - 1)).toBe(false);
    expect(maySettle(0, SETTLE_MS)).toBe(true);
  });
});

describe("time on a desk", () => {
  it("counts on the clinic's clock, and says nothing of what it does not know", () => {
    expect(minutesSince(at(-10), CLINIC_NOW + 59_000)).toBe(10);
    expect(minutesSince(at(1), CLINIC_NOW)).toBe(0);
    expect(minutesSince(null, CLINIC_NOW)).toBeNull();
    expect(stopwatch(at(-3), CLINIC_NOW + 42_000)).toBe("03:42");
    expect(stopwatch(at(-63), CLINIC_NOW)).toBe("1:03:00");
    expect(stopwatch("never", CLINIC_NOW)).toBeNull();
    expect(breakEnd(CLINIC_NOW + 12_345, 15)).toBe(at(15));
  });
});
