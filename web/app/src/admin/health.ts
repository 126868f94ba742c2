import type { StatusAnswer } from "@sangam/sdk";
import type { IconName } from "../blocks/Icon.tsx";
import type { Tone } from "../blocks/small.tsx";
import type { Say } from "../words/catalogue.ts";
import { type SayCommon, span } from "../words/times.ts";
import { useAsked } from "./asked.ts";
import type { admin } from "./words.ts";

const ASK_EVERY_MS = 10_000;
/** Less free than this asks for attention. */
const LOW_BYTES = 2e9;
const GB = 1e9;

/** What the box says of itself, asked every ten seconds while the page is open. */
export const useMeasured = () => useAsked<StatusAnswer>("/api/v1/status", ASK_EVERY_MS);

/** One row of the box's health: what is so, and how we know. */
export interface Fact {
  tone: Tone;
  icon: IconName;
  so: string;
  how: string;
}

type SayAdmin = Say<(typeof admin)["phrases"]>;

const LINES = {
  off: ["rest", "lineOff"],
  connecting: ["rest", "lineConnecting"],
  live: ["flow", "lineLive"],
  lagging: ["heed", "lineLagging"],
  silent: ["rest", "lineSilent"],
  never_seen: ["rest", "lineNever"],
  clock_wrong: ["alarm", "lineClock"],
  cloned: ["alarm", "lineCloned"],
  rejected: ["alarm", "lineRejected"],
} as const;

export function lineFact(status: StatusAnswer, now: number, say: SayAdmin, common: SayCommon): Fact {
  const { uplink } = status;
  const state = uplink?.state ?? "off";
  const known = Object.hasOwn(LINES, state) ? LINES[state as keyof typeof LINES] : LINES.connecting;
  const [tone, so] = known;
  const icon = tone === "flow" ? "activity" : tone === "alarm" ? "triangle-alert" : "cloud-off";
  if (so === "lineOff") return { tone, icon, so: say(so), how: say("lineOffHow") };
  const waits = uplink?.backlog.records ?? 0;
  const heard = uplink?.lastHeard ? Math.max(0, now - Date.parse(uplink.lastHeard)) : null;
  const how = [
    waits > 0 && say("changesWait", { count: waits }),
    tone === "alarm" ? say("lineAskCentre") : waits > 0 && say("lineByItself"),
    heard !== null && say("lastHeard", { ago: common("ago", { span: span(heard, common) }) }),
  ];
  return {
    tone,
    icon,
    // Live with something still on its way is no contradiction, but must not be said as "nothing waits".
    so: state === "live" && waits > 0 ? say("lineConnected") : say(so),
    how: how.filter(Boolean).join(" "),
  };
}

/** A site makes one every day; an hour late is still today's. */
const BACKUP_MS = 25 * 3_600_000;

export function backupFact(status: StatusAnswer, now: number, say: SayAdmin, common: SayCommon): Fact {
  const { backup } = status;
  if (!backup) return { tone: "heed", icon: "download", so: say("backupNone"), how: say("backupMake") };
  const ageMs = Math.max(0, now - Date.parse(backup.at));
  const how = [say("backupSound"), say(backup.encrypted ? "backupLocked" : "backupOpen")];
  const old = ageMs > BACKUP_MS;
  return {
    tone: old ? "heed" : "flow",
    icon: "download",
    so: say("backupOld", { span: span(ageMs, common) }),
    how: [...how, old && say("backupMake")].filter(Boolean).join(" "),
  };
}

/** Where what is emptied of old days is kept before. */
export function archiveFact(status: StatusAnswer, say: SayAdmin): Fact {
  const { archive } = status;
  if (!archive) return { tone: "rest", icon: "file-text", so: say("archiveNone"), how: say("archiveMake") };
  if (archive.failed)
    return { tone: "alarm", icon: "file-text", so: say("archiveFailed"), how: say("archiveFailedHow") };
  return {
    tone: "flow",
    icon: "file-text",
    so: archive.month
      ? say("archiveLast", { month: archive.month, count: archive.records })
      : say("archiveReady"),
    how: say("archiveHow"),
  };
}

export function diskFact(status: StatusAnswer, say: SayAdmin): Fact {
  const free = status.disk?.freeBytes ?? null;
  if (free === null) return { tone: "rest", icon: "disk", so: say("diskUnknown"), how: "" };
  const low = free < LOW_BYTES;
  const size = free < 10 * GB ? (free / GB).toFixed(1) : Math.floor(free / GB);
  return {
    tone: low ? "heed" : "flow",
    icon: "disk",
    so: say("diskFree", { size }),
    how: say(low ? "diskLow" : "diskWell"),
  };
}

export function clockFact(status: StatusAnswer, say: SayAdmin, common: SayCommon): Fact {
  const offset = status.clock?.offsetMs ?? null;
  const how = say("clockHow");
  if (offset === null) return { tone: "rest", icon: "clock", so: say("clockAlone"), how };
  const right = Math.abs(offset) <= 1000;
  const so = right ? say("clockRight") : say("clockOff", { span: span(Math.abs(offset), common) });
  return { tone: right ? "flow" : "heed", icon: right ? "clock" : "clock-alert", so, how };
}
