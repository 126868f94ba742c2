import type { QueueEntry } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useWords } from "../words/Language.tsx";
import { panels } from "./panelWords.ts";

export type Emergency =
  | { who: "chosen"; note: string }
  | { who: "new"; note: string }
  | { who: "nobody"; note: string; place: string };

/** Asks first: whom it is about, and what happened. */
export function EmergencyPanel(props: {
  chosen: QueueEntry | null;
  onRaise(what: Emergency): void;
  onClose(): void;
}) {
  const { chosen, onRaise, onClose } = props;
  const say = useWords(panels);
  const words = useWords(desk);
  const [who, setWho] = useState<Emergency["who"]>(chosen ? "chosen" : "new");
  const [note, setNote] = useState("");
  const [place, setPlace] = useState("");
  const [wrong, setWrong] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    const said = note.trim();
    if (!said && who === "chosen") return setWrong(true);
    onRaise(who === "nobody" ? { who, note: said, place: place.trim() } : { who, note: said });
  }
  const option = (value: Emergency["who"], title: string, why: string) => (
    <label className="pick">
      <input
        type="radio"
        name="who"
        checked={who === value}
        data-first={who === value ? "" : undefined}
        onChange={() => setWho(value)}
      />
      <strong>{title}</strong>
      <span className="soft">{why}</span>
    </label>
  );
  return (
    <Panel
      title={say("emergencyTitle")}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose}>{words("cancel")}</Button>
          <Button kind="danger" also="solid" icon="siren" type="submit" form="emergency">
            {say(who === "new" ? "goOn" : "raise")}
          </Button>
        </>
      }
    >
      <form id="emergency" className="stack" onSubmit={go}>
        <fieldset className="set healers">
          <legend className="unseen">{say("emergencyTitle")}</legend>
          {chosen &&
            option(
              "chosen",
              say("chosenFirst", { who: [chosen.token, chosen.name].filter(Boolean).join(" ") }),
              say("toEverybody"),
            )}
          {option("new", say("someoneNew"), say("someoneNewWhy"))}
          {option("nobody", say("onlyCall"), say("onlyCallWhy"))}
        </fieldset>
        <Field
          label={say("whatHappened")}
          value={note}
          wrong={wrong && say("reasonMissing")}
          onChange={(event) => {
            setWrong(false);
            setNote(event.currentTarget.value);
          }}
        />
        {who === "nobody" && (
          <Field
            label={say("whereIs")}
            value={place}
            onChange={(event) => setPlace(event.currentTarget.value)}
          />
        )}
      </form>
    </Panel>
  );
}
