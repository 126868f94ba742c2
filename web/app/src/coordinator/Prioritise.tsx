import type { Fields, QueueEntry } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useWords } from "../words/Language.tsx";
import { panels } from "./panelWords.ts";

/** Exactly one of emergency, credit and nudge, as the node wants it. */
export interface Choice {
  key: string;
  data: Fields;
}
const CREDITS = ["elderly", "disabled", "pregnant"] as const;
const NUDGES = [10, 20, 40] as const;

/** What may be chosen for an entry as it stands: nothing that is so already. */
export function choicesFor(entry: QueueEntry): readonly Choice[] {
  const nudge = typeof entry.fields.nudge === "number" ? entry.fields.nudge : 0;
  return [
    ...CREDITS.filter((credit) => !entry.why.includes(credit)).map((credit) => ({
      key: credit,
      data: { credit },
    })),
    ...NUDGES.filter((minutes) => minutes !== nudge).map((minutes) => ({
      key: `nudge${minutes}`,
      data: { nudge: minutes },
    })),
    ...(nudge !== 0 ? [{ key: "nudge0", data: { nudge: 0 } }] : []),
    { key: "emergency", data: { emergency: entry.band !== 0 } },
  ];
}

export function Prioritise(props: { entry: QueueEntry; onDo(data: Fields): void; onClose(): void }) {
  const { entry, onDo, onClose } = props;
  const say = useWords(panels);
  const words = useWords(desk);
  const [key, setKey] = useState("");
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState(false);
  const choices = choicesFor(entry);
  const chosen = choices.find((one) => one.key === key);
  function go(event: FormEvent) {
    event.preventDefault();
    if (!reason.trim()) return setWrong(true);
    if (chosen) onDo({ ...chosen.data, reason: reason.trim() });
  }
  function label(choice: Choice) {
    if (choice.key === "emergency") {
      return (
        <>
          <Icon name="siren" /> {say(entry.band === 0 ? "noEmergency" : "isEmergency")}
        </>
      );
    }
    const { nudge } = choice.data;
    if (typeof nudge === "number") return nudge === 0 ? say("noNudge") : say("nudgeBy", { n: nudge });
    return words(`why.${choice.key}` as "why.elderly");
  }
  return (
    <Panel
      title={say("prioritiseTitle", { token: entry.token })}
      onClose={onClose}
      foot={
        <>
          <span className="soft note">{words("whyMissing")}</span>
          <span className="push" />
          <Button onClick={onClose}>{words("cancel")}</Button>
          <Button kind="main" icon="flag" type="submit" form="prioritise" disabled={!chosen}>
            {say("moveUp")}
          </Button>
        </>
      }
    >
      <form id="prioritise" className="stack" onSubmit={go}>
        <fieldset className="set small">
          <legend className="unseen">{say("forward")}</legend>
          {choices.map((one, i) => (
            <label className={one.key === "emergency" ? "pick alarm" : "pick"} key={one.key}>
              <input
                type="radio"
                name="why"
                checked={one.key === key}
                data-first={i === 0 ? "" : undefined}
                onChange={() => setKey(one.key)}
              />
              <span>{label(one)}</span>
            </label>
          ))}
        </fieldset>
        <Field
          label={words("reason")}
          value={reason}
          wrong={wrong && say("reasonMissing")}
          onChange={(event) => {
            setWrong(false);
            setReason(event.currentTarget.value);
          }}
        />
      </form>
    </Panel>
  );
}
