import type { QueueEntry } from "@sangam/sdk";
import { useEffect, useRef } from "react";
import { Name } from "../blocks/small.tsx";
import { expectationOf } from "../desk/expect.ts";
import { stopwatch } from "../desk/time.ts";
import { desk } from "../desk/words.ts";
import { useClientState, useClinicNow } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { useBefore } from "./before.ts";
import { type Drafts, Note, Remedies } from "./Care.tsx";
import type { Stage } from "./flow.ts";
import { Past } from "./Past.tsx";
import { nameOf, Who } from "./Who.tsx";
import { guruji as words } from "./words.ts";

/** Somebody is inside: who, how long, what for, what was before, what is given. */
export function Here(props: {
  stage: Extract<Stage, { name: "here" }>;
  drafts: Drafts;
  save(entry: QueueEntry): void;
  find: React.RefObject<HTMLInputElement | null>;
}) {
  const { entry, others } = props.stage;
  const say = useWords(words);
  const common = useWords(desk);
  const reason = entry.fields.reason;
  const before = useBefore(entry);
  const named = typeof entry.fields.person === "string";
  // Who is called away while a note is open must not lose it.
  const leave = useRef(() => {});
  leave.current = () => props.save(entry);
  useEffect(() => () => leave.current(), []);
  return (
    <section className="person" aria-label={say("withYou")}>
      <header>
        <p className="token">{entry.token}</p>
        <div>
          <h2>{nameOf(entry, common("unnamed"))}</h2>
          <Who entry={entry} />
        </div>
        <WithYou entry={entry} />
      </header>
      <p className="reason">
        <span className="label">{say("cameFor")}</span>{" "}
        {typeof reason === "string" && reason ? (
          <Name>{reason}</Name>
        ) : (
          <span className="soft">{say("notSaid")}</span>
        )}
      </p>
      <div className={named ? "split" : ""}>
        {named && <Past before={before} />}
        <Remedies entry={entry} find={props.find} />
      </div>
      <Note entry={entry} drafts={props.drafts} save={props.save} />
      {others.length > 0 && (
        <p className="soft note">
          {say("alsoWith")}: {others.map((one) => `${one.token} ${one.name ?? ""}`.trim()).join(", ")}
        </p>
      )}
    </section>
  );
}

function WithYou({ entry }: { entry: QueueEntry }) {
  const say = useWords(words);
  const state = useClientState();
  const now = useClinicNow(1000);
  const mean = expectationOf(state, { id: entry.guruji ?? "", fields: {} }).meanMinutes;
  return (
    <p className="timer">
      <span className="unseen">{say("withYouFor")} </span>
      {stopwatch(String(entry.fields.startedAt ?? entry.fields.calledAt ?? ""), now) ?? "–"}
      {typeof mean === "number" && <span className="soft">{say("usually", { count: mean })}</span>}
    </p>
  );
}
