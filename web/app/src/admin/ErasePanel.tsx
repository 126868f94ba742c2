import { useRef, useState } from "react";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useWords } from "../words/Language.tsx";
import { people } from "./peopleWords.ts";
import { askNow, newId, type PersonRow } from "./person.ts";
import { useRefusal } from "./refusal.ts";

/** Says what goes and what stays, and erases only whom the admin saw. */
export function ErasePanel(props: { person: PersonRow; onErased(): void; onClose(): void }) {
  const { person } = props;
  const say = useWords(people);
  const client = useClient();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState("");
  const id = useRef(newId());
  const refusalOf = useRefusal("inQueue");
  function erase() {
    setBusy(true);
    setWhy("");
    const saw = { name: person.name, phone: person.phone || null };
    askNow(client, id.current, { type: "person.erase", data: { person: person.id }, saw }).then(
      props.onErased,
      (error) => {
        setBusy(false);
        setWhy(refusalOf(error));
        // A refusal is the end of an act; one that was not heard may have been done, and goes by its id again.
        if (failureOf(error).code !== "no_answer") id.current = newId();
      },
    );
  }
  return (
    <Panel
      title={say("eraseTitle", { name: person.name })}
      onClose={props.onClose}
      foot={
        <>
          <span className="soft note">{say("eraseFirst")}</span>
          <span className="push" />
          <Button data-first="" onClick={props.onClose}>
            {say("cancel")}
          </Button>
          <Button kind="danger" disabled={!sure || busy} onClick={erase}>
            {say("erase")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {why && (
          <Notice tone="alarm" icon="triangle-alert" loud title={say("notDone")}>
            {why}
          </Notice>
        )}
        <dl className="fate">
          <dt>{say("goes")}</dt>
          <dd>{say("goesWhat")}</dd>
          <dt>{say("stays")}</dt>
          <dd>{say("staysWhat")}</dd>
        </dl>
        <label className="last-word">
          <input type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />{" "}
          {say("eraseSure")}
        </label>
      </div>
    </Panel>
  );
}
