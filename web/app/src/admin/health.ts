import type { Fields, StatusAnswer, UplinkStatus } from "@sangam/sdk";
import type { IconName } from "../blocks/Icon.tsx";
import type { Tone } from "../blocks/small.tsx";
import type { Say } from "../words/catalogue.ts";
import { clock, type SayCommon, span } from "../words/times.ts";
import { type Device, isHeard } from "./devices.ts";
import type { admin } from "./words.ts";

type SayAdmin = Say<(typeof admin)["phrases"]>;

/** One line of the box's health: what, a sentence that is so now, and how it is known. */
export interface Health {
  key: "line" | "disk" | "clock" | "screens" | "store" | "version";
  icon: IconName;
  tone: Tone;
  so: string;
  how: string;
}

const GB = 1e9;
/** Less room than this asks for attention. */
export const DISK_LOW_BYTES = GB;
/** A clock off by more than this asks for attention; a line adds less by itself. */
export const CLOCK_OFF_MS = 30_000;

export interface Asked {
  status: StatusAnswer;
  /** The line as the client hears it between two answers. */
  uplink: UplinkStatus | null;
  devices: readonly Device[];
  serverNowMs: number;
  zone: string | undefined;
}

const LINE: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  live: { tone: "flow", icon: "activity" },
  lagging: { tone: "heed", icon: "hourglass" },
  silent: { tone: "rest", icon: "cloud-off" },
  never_seen: { tone: "heed", icon: "cloud-off" },
  connecting: { tone: "rest", icon: "hourglass" },
  off: { tone: "rest", icon: "minus-circle" },
  clock_wrong: { tone: "heed", icon: "clock-alert" },
  cloned: { tone: "alarm", icon: "users" },
  rejected: { tone: "alarm", icon: "lock" },
};

/** All lines in one order always, those that want a look first; the order within is kept. */
export function healthOf(asked: Asked, say: SayAdmin, common: SayCommon): readonly Health[] {
  const all = [
    lineOf(asked, say, common),
    storeOf(asked, say),
    diskOf(asked, say),
    clockOf(asked, say, common),
    screensOf(asked, say),
    versionOf(asked, say),
  ];
  const asks = ({ tone }: Health) => (tone === "alarm" ? 0 : tone === "heed" ? 1 : 2);
  return all.sort((a, b) => asks(a) - asks(b));
}

/** How many lines want a look. */
export const wantLook = (health: readonly Health[]): number =>
  health.filter(({ tone }) => tone === "heed" || tone === "alarm").length;

function lineOf({ status, uplink, serverNowMs }: Asked, say: SayAdmin, common: SayCommon): Health {
  const line = uplink ?? status.uplink;
  const known = line && line.state in LINE ? line.state : "off";
  const state = known as "rejected" | "silent" | "lagging";
  const heard = line?.lastHeard ? Math.max(0, serverNowMs - Date.parse(line.lastHeard)) : 0;
  const code = (line as { reason?: unknown } | null | undefined)?.reason;
  const reasons = ["revoked", "join_used", "join_expired", "join_site", "version"] as const;
  const reason = reasons.find((one) => one === code);
  const params = {
    span: span(state === "lagging" ? (line?.lagMs ?? 0) : heard, common),
    changes: common("changes", { count: line?.backlog.records ?? 0 }),
    reason: reason ? `${say(`reason.${reason}`)} ` : "",
  };
  const { tone, icon } = LINE[known] ?? { tone: "rest" as const, icon: "help" as const };
  return {
    key: "line",
    icon,
    tone,
    so: say(`line.${state}` as "line.silent", params),
    how: say(`line.${state}.how` as "line.rejected.how", params),
  };
}

function storeOf({ status }: Asked, say: SayAdmin): Health {
  const n = Number(status.cursor ?? 0).toLocaleString("en-IN");
  return { key: "store", icon: "stick", tone: "flow", so: say("storeWell"), how: say("storeHow", { n }) };
}

/** 21 GB, 640 MB: as a person would say it. */
export function sizeOf(bytes: number): string {
  if (bytes >= 10 * GB) return `${Math.round(bytes / GB)} GB`;
  if (bytes >= GB) return `${(bytes / GB).toFixed(1)} GB`;
  return `${Math.round(bytes / 1e6)} MB`;
}

function diskOf({ status }: Asked, say: SayAdmin): Health {
  const free = status.disk?.freeBytes ?? null;
  const line = { key: "disk" as const, icon: "disk" as const };
  if (free === null) return { ...line, tone: "rest", so: say("diskUnknown"), how: say("diskUnknownHow") };
  const size = sizeOf(free);
  if (free < DISK_LOW_BYTES) return { ...line, tone: "heed", so: say("diskLow", { size }), how: say("diskLowHow") };
  return { ...line, tone: "flow", so: say("diskFree", { size }), how: say("diskFreeHow") };
}

function clockOf({ status, serverNowMs, zone }: Asked, say: SayAdmin, common: SayCommon): Health {
  const off = status.clock?.offsetMs ?? null;
  const line = { key: "clock" as const };
  if (off === null) {
    const how = say("clockAloneHow", { time: clock(serverNowMs, zone) });
    return { ...line, icon: "clock", tone: "rest", so: say("clockAlone"), how };
  }
  const said = span(Math.abs(off), common);
  if (Math.abs(off) < CLOCK_OFF_MS) {
    return { ...line, icon: "clock", tone: "flow", so: say("clockRight", { span: said }), how: say("clockHow") };
  }
  return { ...line, icon: "clock-alert", tone: "heed", so: say("clockWrong", { span: said }), how: say("clockWrongHow") };
}

function screensOf({ devices, serverNowMs }: Asked, say: SayAdmin): Health {
  const line = { key: "screens" as const, icon: "monitor" as const };
  const asking = devices.filter((one) => one.state === "requested").length;
  const used = devices.filter((one) => one.state === "approved");
  const silent = used.filter((one) => !isHeard(one, serverNowMs));
  const ask = asking > 0 ? say("screensAsk", { count: asking }) : "";
  if (used.length === 0) {
    return { ...line, tone: asking ? "heed" : "rest", so: say("screensNone"), how: ask || say("devicesHow") };
  }
  const names = silent.map((one) => one.name).join(", ");
  const how = [ask, silent.length > 0 ? say("screensHow", { names }) : say("screensAllHow")].filter(Boolean).join(" ");
  return {
    ...line,
    tone: asking > 0 ? "heed" : silent.length > 0 ? "rest" : "flow",
    so: say("screensHeard", { count: used.length - silent.length, all: used.length }),
    how,
  };
}

function versionOf({ status }: Asked, say: SayAdmin): Health {
  const boot = status.boot.slice(0, 8);
  return { key: "version", icon: "download", tone: "rest", so: status.version, how: say("versionHow", { boot }) };
}

/** Fields of a view's own, such as today's figures, as numbers where they are. */
export const figure = (fields: Fields | undefined, name: string): number | null => {
  const value = fields?.[name];
  return typeof value === "number" ? value : null;
};
