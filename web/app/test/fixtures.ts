import type { Change, SnapshotEntry, SnapshotGuruji, SnapshotView, UplinkStatus } from "@sangam/sdk";

/** One clinic at one minute: Monday 23 November 2026, 10:24 in Kolkata. Only tests know it. */
export const CLINIC_NOW = Date.parse("2026-11-23T04:54:00.000Z");
export const DAY = "2026-11-23";

/** The line to the centre runs on real time. */
const realAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const ago = (minutes: number) => new Date(CLINIC_NOW - minutes * 60_000).toISOString();

export function entry(id: string, token: string, over: Partial<SnapshotEntry> = {}): SnapshotEntry {
  const place = Number(token.slice(-3));
  return {
    id,
    token,
    status: "waiting",
    generation: 0,
    band: 1,
    order: place,
    position: place,
    ahead: place - 1,
    checkedInAt: ago(60 - place),
    ...over,
  };
}

const waiting = (letter: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => entry(`${letter}${from + i}`, `${letter}0${from + i}`));

export const gurujis: SnapshotGuruji[] = [
  {
    id: "g1",
    name: "श्री माधवनाथ जी",
    room: "1",
    availability: "available",
    entries: [
      entry("A38", "A038", { status: "in_service", position: null, ahead: null }),
      ...waiting("A", 41, 12),
    ],
  },
  {
    id: "g2",
    name: "Shri Vasudev Maharaj",
    room: "2",
    availability: "available",
    entries: [
      entry("B38", "B038", { status: "called", position: null, ahead: null }),
      ...waiting("B", 39, 13),
    ],
  },
  {
    id: "g3",
    name: "माता कमला देवी",
    room: "3",
    availability: "on_break",
    ...{ until: "2026-11-23T05:30:00.000Z" },
    entries: waiting("C", 20, 13),
  },
];

const waitRow = (id: string, waiting: number, low: number, high: number): Change => ({
  kind: "guruji_wait",
  id,
  fields: { waiting, inService: 1, wait: { low, high }, meanMinutes: 5 },
});

const rows: Change[] = [waitRow("g1", 13, 45, 65), waitRow("g2", 13, 55, 80), waitRow("g3", 13, 75, 100)];
const site = { id: "site1", name: "निर्मल धाम आश्रम", timezone: "Asia/Kolkata" };

export const recent = ["B038", "A038", "B037", "A037", "C018"].map((token, i) => ({
  token,
  room: { A: "1", B: "2", C: "3" }[token[0] as "A" | "B" | "C"],
  at: ago(3 + i),
}));

export function clinicView(): SnapshotView {
  return { day: DAY, site, intake: { open: true }, gurujis, recent, rows };
}

/** A phone sees its own entry, its place, and whom it waits for. */
export function patientView(over: Partial<SnapshotEntry> = {}): SnapshotView {
  const own = entry("B41", "B041", { position: 5, ahead: 4, wait: { low: 15, high: 30 }, ...over });
  const guruji = gurujis[1] as SnapshotGuruji;
  return { day: DAY, gurujis: [{ ...guruji, entries: [own] }], site, intake: { open: true }, rows: [] };
}

export const uplinks = {
  live: { state: "live", lagMs: 0, backlog: { records: 0, bytes: 0, oldestAt: null }, lastHeard: realAgo(0) },
  silent: {
    state: "silent",
    lagMs: 720_000,
    backlog: { records: 31, bytes: 9000, oldestAt: realAgo(12) },
    lastHeard: realAgo(12),
  },
} satisfies Record<string, UplinkStatus>;

export const staff = [
  { id: "u1", name: "Ashwini Sathe", role: "coordinator" },
  { id: "u2", name: "Nitin Pawar", role: "coordinator" },
  { id: "u3", name: "श्री माधवनाथ जी", role: "guruji" },
  { id: "u4", name: "Shri Vasudev Maharaj", role: "guruji" },
  { id: "u5", name: "Mata Kamala Devi", role: "guruji" },
  { id: "u6", name: "Meera Kelkar", role: "admin" },
];
