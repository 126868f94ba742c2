import type { GurujiRow, QueueEntry } from "@sangam/sdk";
import type { IconName } from "../blocks/Icon.tsx";
import { Chip, type Tone } from "../blocks/small.tsx";
import { usePlace } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { desk } from "./words.ts";

const WHY: Readonly<Record<string, { tone: Tone; icon: IconName; kind: "solid" | "quiet" }>> = {
  emergency: { tone: "alarm", icon: "siren", kind: "solid" },
  no_answer: { tone: "heed", icon: "user-x", kind: "quiet" },
  twice: { tone: "heed", icon: "users", kind: "quiet" },
  alike: { tone: "heed", icon: "users", kind: "quiet" },
  elderly: { tone: "flow", icon: "heart", kind: "quiet" },
  disabled: { tone: "flow", icon: "heart", kind: "quiet" },
  pregnant: { tone: "flow", icon: "heart", kind: "quiet" },
  appointment: { tone: "flow", icon: "calendar", kind: "quiet" },
  nudge: { tone: "flow", icon: "flag", kind: "quiet" },
  transferred: { tone: "rest", icon: "transfer", kind: "quiet" },
};
const ORDER = Object.keys(WHY);

/** The one reason of a place that matters most: a row has room for one chip. */
export function firstWhy(why: readonly string[]): string | null {
  return ORDER.find((reason) => why.includes(reason)) ?? null;
}

/** `but` is a reason that is for others to look at. */
export function WhyChip({ entry, but }: { entry: QueueEntry; but?: string }) {
  const say = useWords(desk);
  const { zone } = usePlace();
  const why = firstWhy(entry.why.filter((reason) => reason !== but));
  const look = why && WHY[why];
  if (!why || !look) return null;
  const slot = why === "appointment" ? String(entry.fields.slot ?? "") : "";
  return (
    <Chip {...look}>{why === "appointment" ? clock(slot, zone) : say(`why.${why}` as "why.elderly")}</Chip>
  );
}

const STATUS: Readonly<Record<string, { tone: Tone; icon: IconName; word: Word }>> = {
  waiting: { tone: "rest", icon: "hourglass", word: "waiting" },
  called: { tone: "flow", icon: "bell", word: "called" },
  in_service: { tone: "flow", icon: "user", word: "inService" },
  on_hold: { tone: "heed", icon: "pause", word: "onHold" },
  no_answer: { tone: "heed", icon: "user-x", word: "noAnswer" },
  no_show: { tone: "rest", icon: "user-x", word: "noShow" },
  left: { tone: "rest", icon: "minus-circle", word: "left" },
  cancelled: { tone: "rest", icon: "x", word: "cancelled" },
  done: { tone: "rest", icon: "check", word: "done" },
  closed_by_rollover: { tone: "rest", icon: "moon", word: "closedOvernight" },
};
type Word =
  | "waiting"
  | "called"
  | "inService"
  | "onHold"
  | "noAnswer"
  | "noShow"
  | "left"
  | "cancelled"
  | "done"
  | "closedOvernight";

/** Icon, word and tone of a status; one that this version does not know is shown as it came. */
export function statusLook(status: string) {
  return STATUS[status] ?? { tone: "rest" as const, icon: "help" as const, word: null };
}

export function StatusChip({ status, kind }: { status: string; kind?: "solid" | "quiet" }) {
  const say = useCommon();
  const look = statusLook(status);
  return (
    <Chip tone={look.tone} icon={look.icon} {...(kind ? { kind } : {})}>
      {look.word ? say(look.word) : status}
    </Chip>
  );
}

/** What a guruji does now, from their queue first and from what they said of themselves next. */
export function doing(guruji: Pick<GurujiRow, "availability">, queue: readonly QueueEntry[]) {
  if (guruji.availability === "on_break") return "onBreak";
  if (queue.some((entry) => entry.status === "in_service")) return "with";
  if (queue.some((entry) => entry.status === "called")) return "calling";
  if (guruji.availability === "off") return "off";
  return guruji.availability === "busy" ? "busy" : "free";
}

const DOING = {
  with: { tone: "flow", icon: "user" },
  calling: { tone: "flow", icon: "bell" },
  free: { tone: "rest", icon: "check" },
  busy: { tone: "heed", icon: "hourglass" },
  onBreak: { tone: "heed", icon: "pause" },
  off: { tone: "rest", icon: "moon" },
} as const;

export function DoingChip({ guruji, queue }: { guruji: GurujiRow; queue: readonly QueueEntry[] }) {
  const say = useWords(desk);
  const { zone } = usePlace();
  const now = doing(guruji, queue);
  const until = now === "onBreak" && guruji.until ? clock(guruji.until, zone) : "";
  return <Chip {...DOING[now]}>{until ? say("breakUntil", { time: until }) : say(now)}</Chip>;
}
