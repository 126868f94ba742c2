import type { QueueEntry } from "@sangam/sdk";
import type { ReactNode } from "react";
import { Name } from "../blocks/small.tsx";
import { minutesSince } from "../desk/time.ts";
import { useClientState } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { personOf } from "./history.ts";
import { guruji as words } from "./words.ts";

/** What is known of who they are, in one line. */
export function Who({ entry, waited = false }: { entry: QueueEntry; waited?: boolean }) {
  const say = useWords(words);
  const common = useCommon();
  const state = useClientState();
  const { day } = state.view ?? {};
  const person = personOf(state, entry.fields.person);
  const year = Number(String(day ?? "").slice(0, 4));
  const end = Date.parse(String(entry.fields.calledAt ?? ""));
  const minutes = Number.isNaN(end) ? null : minutesSince(entry.checkedInAt, end);
  const facts: ReactNode[] = [
    person?.birthYear && year ? `${year - person.birthYear}` : "",
    person?.gender,
    person?.place,
    person?.guardian && say("with", { name: person.guardian }),
    waited && minutes !== null && say("waitedFor", { span: common("minutes", { count: minutes }) }),
  ].filter(Boolean);
  return <p className="soft">{facts.join(" · ")}</p>;
}

export const nameOf = (entry: QueueEntry, unnamed: string) =>
  entry.name ? <Name>{entry.name}</Name> : <span className="soft">{unnamed}</span>;
