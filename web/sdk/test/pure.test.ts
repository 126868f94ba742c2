import { describe, expect, it } from "vitest";
import { clockAfter } from "../src/clock.ts";
import {
  clinicNow,
  defaultPolling,
  entryById,
  gurujisOf,
  placeOf,
  pollDelay,
  predict,
  queueOf,
  recentOf,
  retryDelay,
  retryLimit,
  rowsOf,
  type SnapshotAnswer,
  type State,
  sawNow,
  sitesOf,
  uuidv7Source,
} from "../src/index.ts";
import { legacyPriority, legacyStatus } from "../src/legacy.ts";
import { initialState, type Msg, reduce } from "../src/state.ts";

const now = Date.parse("2026-10-02T04:00:00.000Z");
const entry = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  token: id.toUpperCase(),
  status: "waiting",
  generation: 0,
  band: 1,
  order: 0,
  position: null,
  ahead: null,
  checkedInAt: "2026-10-02T03:00:00.000Z",
  ...more,
});

function stateAfter(...msgs: Msg[]): State {
  return msgs.reduce(reduce, initialState("coordinator", "tab"));
}

function snapshot(view: Partial<SnapshotAnswer["view"]>): Msg {
  return {
    type: "snapshot",
    at: now,
    answer: { cursor: "c0", at: "", view: { day: "2026-10-02", ...view } },
  };
}

const guruji = (id: string, entries: ReturnType<typeof entry>[], more = {}) => ({
  id,
  name: `Guruji ${id}`,
  room: null,
  availability: "available" as const,
  entries,
  ...more,
});

const changes = (...list: Extract<Msg, { type: "changes" }>["changes"]): Msg => ({
  type: "changes",
  cursor: "c1",
  changes: list,
  at: now,
});

describe("the queue as shown", () => {
  const state = stateAfter(
    snapshot({
      gurujis: [
        guruji("g1", [
          entry("b", { order: 20 }),
          entry("c", { order: 20 }),
          entry("a", { order: 30, status: "no_answer" }),
          entry("e", { order: 5, status: "in_service" }),
          entry("h", { order: 7, status: "on_hold" }),
        ]),
        guruji("g2", [entry("d", { order: 10 }), entry("x", { order: 99, band: 0 })]),
      ],
    }),
  );

  it("is sorted by band, order and id, and counts those to be called of each guruji", () => {
    const shown = queueOf(state).map((e) => [e.id, e.position, e.ahead]);
    expect(shown).toEqual([
      ["x", 1, 0],
      ["e", null, null],
      ["h", null, null],
      ["d", 2, 1],
      ["b", 1, 0],
      ["c", 2, 1],
      ["a", 3, 2],
    ]);
    expect(queueOf(state, "g1").map((e) => e.id)).toEqual(["e", "h", "b", "c", "a"]);
    expect(queueOf(state, "nobody")).toEqual([]);
  });

  it("is the same list while nothing it shows changed", () => {
    const later = reduce(state, { type: "connection", connection: { lastHeardAt: now } });
    expect(queueOf(later)).toBe(queueOf(state));
    expect(queueOf(later, "g1")).toBe(queueOf(state, "g1"));
  });

  it("keeps the very entry of whoever did not change, and no other", () => {
    const before = queueOf(state, "g1");
    const moved = reduce(
      state,
      changes({ kind: "row", id: "c", fields: entry("c", { guruji: "g1", status: "on_hold" }) }),
    );
    const same = queueOf(moved, "g1").filter((e) => before.includes(e));
    const changed = queueOf(moved, "g1").filter((e) => !before.includes(e));
    expect(changed.map((e) => e.id)).toEqual(
      queueOf(moved, "g1")
        .filter((e) => {
          const was = before.find((one) => one.id === e.id);
          return was?.status !== e.status || was?.position !== e.position;
        })
        .map((e) => e.id),
    );
    expect(same.length).toBeGreaterThan(0);
    expect(changed.map((e) => e.id)).toContain("c");
  });

  it("moves up when somebody leaves, without any row of its own", () => {
    const gone = reduce(state, changes({ kind: "row", id: "b", gone: true }));
    expect(queueOf(gone, "g1").map((e) => [e.id, e.position])).toEqual([
      ["e", null],
      ["h", null],
      ["c", 1],
      ["a", 2],
    ]);
  });

  it("leaves out who is done, who can still be looked up", () => {
    const done = reduce(
      state,
      changes({ kind: "row", id: "e", fields: entry("e", { guruji: "g1", status: "done" }) }),
    );
    expect(queueOf(done, "g1").some((e) => e.id === "e")).toBe(false);
    expect(entryById(done, "e")?.status).toBe("done");
  });

  it("survives a status made up later", () => {
    const odd = reduce(
      state,
      changes({ kind: "row", id: "z", fields: entry("z", { guruji: "g1", status: "levitating" }) }),
    );
    expect(queueOf(odd, "g1").find((e) => e.id === "z")).toMatchObject({
      status: "levitating",
      position: null,
    });
  });
});

describe("rows of other kinds", () => {
  it("come with the snapshot and are kept up by changes", () => {
    let state = stateAfter(
      snapshot({
        gurujis: [guruji("g1", [], { series: "B" }), guruji("g2", [], { series: "A" })],
        recent: [{ token: "A1", room: "2", at: "t1" }],
        rows: [
          { kind: "place", id: "e1", fields: { position: 3, ahead: 2, wait: { low: 10, high: 20 } } },
          { kind: "guruji_wait", id: "g1", fields: { waiting: 4, wait: { low: 5, high: 10 } } },
          { kind: "device", id: "d1", fields: { state: "requested" } },
        ],
      }),
    );
    expect(gurujisOf(state).map((g) => [g.id, g.waiting])).toEqual([
      ["g2", null],
      ["g1", 4],
    ]);
    expect(placeOf(state, "e1")).toEqual({ position: 3, ahead: 2, wait: { low: 10, high: 20 } });
    expect(rowsOf(state, "device").get("d1")?.fields.state).toBe("requested");
    state = reduce(
      state,
      changes(
        { kind: "guruji", id: "g1", seq: "7", fields: { availability: "on_break", until: "t2" } },
        { kind: "recent", id: "site-1", fields: { recent: [{ token: "A2", room: null, at: "t2" }] } },
        { kind: "device", id: "d1", gone: true },
      ),
    );
    expect(gurujisOf(state)[1]).toMatchObject({ name: "Guruji g1", availability: "on_break", until: "t2" });
    expect(recentOf(state).map((r) => r.token)).toEqual(["A2"]);
    expect(rowsOf(state, "device").size).toBe(0);
    expect(state.cursor).toBe("c1");
  });

  it("of the centre are its sites", () => {
    const site = {
      id: "s1",
      name: "Pune",
      state: "live",
      lastHeard: null,
      backlog: { records: 0, bytes: 0, oldestAt: null },
    };
    let state = stateAfter(
      snapshot({ sites: [{ ...site, clockOffsetMs: null, waiting: 1, inService: 0, done: 0 }] }),
    );
    expect(sitesOf(state)).toMatchObject([{ id: "s1", state: "live" }]);
    state = reduce(state, changes({ kind: "site_status", id: "s1", fields: { ...site, state: "silent" } }));
    expect(sitesOf(state)).toMatchObject([{ id: "s1", name: "Pune", state: "silent" }]);
  });

  it("of a kind without a change keep their identity", () => {
    const state = stateAfter(snapshot({ gurujis: [guruji("g1", [entry("a")])], recent: [] }));
    const next = reduce(state, changes({ kind: "recent", id: "s", fields: { recent: [] } }));
    expect(next.rows.get("row")).toBe(state.rows.get("row"));
    expect(next.rows.get("recent")).not.toBe(state.rows.get("recent"));
  });
});

describe("what an action is expected to do", () => {
  const state = stateAfter(
    {
      type: "session",
      session: {
        status: "signed_in",
        kind: "staff",
        node: "n",
        user: { id: "u", name: "R", role: "guruji", gurujiId: "g1" },
      },
    },
    snapshot({
      gurujis: [
        guruji("g1", [
          entry("a", { order: 2, status: "no_answer" }),
          entry("b", { order: 3 }),
          entry("c", { order: 9, band: 0 }),
          entry("d", { order: 1, status: "called", generation: 2 }),
        ]),
      ],
    }),
  );
  const fields = (type: string, data: Record<string, unknown>) => predict(state, "new", type, data, now)[0];

  it("starts a new generation for an equal or lower rank only", () => {
    expect(fields("queue.start", { entry: "d" })?.fields).toEqual({ status: "in_service", generation: 2 });
    expect(fields("queue.resume", { entry: "d" })?.fields).toEqual({ status: "waiting", generation: 3 });
    expect(fields("queue.call", { entry: "d" })?.fields).toEqual({ status: "called", generation: 3 });
    expect(fields("queue.transfer", { entry: "b", guruji: "g2" })?.fields).toEqual({
      status: "waiting",
      generation: 1,
      guruji: "g2",
    });
  });

  it("calls the first who waits, emergencies before all", () => {
    expect(fields("queue.call_next", {})).toMatchObject({ id: "c", fields: { status: "called" } });
    expect(fields("queue.call_next", { guruji: "g2" })).toBeUndefined();
  });

  it("puts a new entry last, under the id of its action", () => {
    expect(fields("queue.check_in", { guruji: "g1", person: { name: "Mira" } })).toMatchObject({
      kind: "row",
      id: "new",
      fields: { name: "Mira", status: "waiting", guruji: "g1", token: "" },
    });
  });

  it("says nothing where only the node can tell", () => {
    expect(fields("queue.recall", { entry: "d" })).toBeUndefined();
    expect(fields("queue.undo", { entry: "d", action: "x" })).toBeUndefined();
    expect(fields("queue.call", { entry: "nobody" })).toBeUndefined();
  });

  it("carries what its person saw, as each command needs it", () => {
    expect(sawNow(state, "queue.start", { entry: "d" })).toEqual({ status: "called", generation: 2 });
    expect(sawNow(state, "queue.transfer", { entry: "b" })).toEqual({
      status: "waiting",
      generation: 0,
      guruji: "g1",
    });
    expect(sawNow(state, "queue.prioritise", { entry: "c" })).toEqual({
      status: "waiting",
      generation: 0,
      band: 0,
    });
    expect(sawNow(state, "queue.call_next", {})).toBeUndefined();
  });
});

describe("when to ask again", () => {
  const half = () => 0.5;

  it("retries 5 times from 500 ms in fallback, 3 times from 1 s otherwise, at most 10 s apart", () => {
    const most = (mode: Parameters<typeof retryDelay>[0], n: number) => retryDelay(mode, n, () => 1);
    expect([1, 2, 3, 4, 5, 6].map((n) => most("fallback", n))).toEqual([500, 1000, 2000, 4000, 8000, null]);
    expect([1, 2, 3, 4].map((n) => most("realtime", n))).toEqual([1000, 2000, 4000, null]);
    expect(retryDelay("fallback", 1, () => 0)).toBe(250);
    expect(retryDelay("fallback", 5, () => 1)).toBeLessThanOrEqual(10_000);
  });

  it("never retries when offline or when authentication failed", () => {
    expect(retryDelay("offline", 1, half)).toBeNull();
    expect(retryDelay("fallback", 1, half, false)).toBeNull();
    expect(retryLimit("realtime", false)).toBe(0);
  });

  it("polls at the pace the connection deserves", () => {
    const span = (mode: Parameters<typeof pollDelay>[1], slow: boolean) => [
      pollDelay(defaultPolling, mode, slow, () => 0),
      pollDelay(defaultPolling, mode, slow, () => 1),
    ];
    expect(span("realtime", false)).toEqual([30_000, 60_000]);
    expect(span("fallback", false)).toEqual([5_000, 8_000]);
    expect(span("fallback", true)).toEqual([2_000, 3_000]);
  });
});

describe("clocks", () => {
  const told = (at: number, speed = 1) => ({
    serverTime: new Date(at).toISOString(),
    clinicTime: new Date(at + 3_600_000).toISOString(),
    clinicSpeed: speed,
  });

  it("runs the clinic's time at the clinic's speed, from the node's clock and not this device's", () => {
    const clock = clockAfter(stateAfter().clock, told(now + 5_000, 60), now, true);
    const state = { ...stateAfter(), clock };
    expect(clinicNow(state, now + 1_000)).toBe(now + 5_000 + 3_600_000 + 60_000);
  });

  it("takes the least delayed message for the truth, until a new socket starts over", () => {
    let clock = clockAfter(stateAfter().clock, told(now), now + 20, true);
    clock = clockAfter(clock, told(now + 5_000), now + 9_000, false);
    expect(clock.serverOffsetMs).toBe(-20);
    clock = clockAfter(clock, told(now - 60_000), now + 10_000, true);
    expect(clock.serverOffsetMs).toBe(-70_000);
  });

  it("ignores a time that is none", () => {
    const { clock } = stateAfter();
    expect(clockAfter(clock, { serverTime: "soon", clinicTime: "", clinicSpeed: 1 }, now, true)).toBe(clock);
  });
});

describe("ids", () => {
  it("are UUIDv7, rise within a millisecond and when the clock steps back", () => {
    let ms = now;
    const next = uuidv7Source(
      () => ms,
      (bytes) => bytes.fill(0xff),
    );
    const ids = Array.from({ length: 10_000 }, (_, i) => {
      if (i === 5_000) ms -= 60_000;
      return next();
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect(Number.parseInt(ids[0]?.replace("-", "").slice(0, 12) ?? "", 16)).toBe(now);
  });
});

describe("the existing app's words", () => {
  it("are there for each status and priority", () => {
    expect(["waiting", "in_service", "done", "no_show", "left", "no_answer"].map(legacyStatus)).toEqual([
      "WAITING",
      "IN_PROGRESS",
      "COMPLETED",
      "NO_SHOW",
      "CANCELLED",
      "LATE_ARRIVAL",
    ]);
    expect(legacyPriority({ band: 0, fields: {} })).toBe("URGENT");
    expect(legacyPriority({ band: 1, fields: { credit: 20 } })).toBe("HIGH");
    expect(legacyPriority({ band: 1, fields: {} })).toBe("NORMAL");
  });
});
