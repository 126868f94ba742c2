import { type GurujiRow, gurujisOf, type QueueEntry } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Empty, Name } from "../blocks/small.tsx";
import { useClientState } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { waitRange } from "../words/times.ts";
import { expectationOf } from "./expect.ts";
import { panels } from "./panelWords.ts";
import { desk } from "./words.ts";

/** To whom somebody may be moved: everybody but whose queue it is, those who are off last. */
export function movableTo(gurujis: readonly GurujiRow[], from: string | null): readonly GurujiRow[] {
  return gurujis
    .filter((one) => one.id !== from && one.fields.disabled !== true)
    .sort((a, b) => Number(a.availability === "off") - Number(b.availability === "off"));
}

/** Chooses another guruji for one person; token and check-in time stay. */
export function MovePanel(props: {
  entry: QueueEntry;
  onMove(guruji: string, reason: string): void;
  onClose(): void;
}) {
  const { entry, onMove, onClose } = props;
  const say = useWords(desk);
  const tell = useWords(panels);
  const others = movableTo(gurujisOf(useClientState()), entry.guruji);
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  function go(event: FormEvent) {
    event.preventDefault();
    if (to) onMove(to, reason.trim());
  }
  return (
    <Panel
      title={tell("moveTitle", { token: entry.token })}
      onClose={onClose}
      foot={
        <>
          <span className="soft note">{tell("moveWhy")}</span>
          <span className="push" />
          <Button onClick={onClose}>{say("cancel")}</Button>
          <Button kind="main" icon="transfer" type="submit" form="move" disabled={!to}>
            {tell("moveGo")}
          </Button>
        </>
      }
    >
      {others.length === 0 ? (
        <Empty icon="users" title={tell("moveNobody")} />
      ) : (
        <form id="move" className="stack" onSubmit={go}>
          <fieldset className="set healers">
            <legend className="unseen">{tell("moveTitle", { token: entry.token })}</legend>
            {others.map((one, i) => (
              <label className="pick" key={one.id}>
                <input
                  type="radio"
                  name="to"
                  checked={to === one.id}
                  data-first={i === 0 ? "" : undefined}
                  onChange={() => setTo(one.id)}
                />
                <strong>
                  <Name>{one.name}</Name>
                </strong>
                <Outlook guruji={one} />
              </label>
            ))}
          </fieldset>
          <Field
            label={say("reason")}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </form>
      )}
    </Panel>
  );
}

/** Room, how many wait, whether they are there; and how long it takes. */
export function Outlook({ guruji }: { guruji: GurujiRow }) {
  const say = useWords(desk);
  const tell = useWords(panels);
  const common = useCommon();
  const { longWait } = expectationOf(useClientState(), guruji);
  const parts = [
    guruji.room && common("room", { room: guruji.room }),
    guruji.waiting !== null && say("waiting", { count: guruji.waiting }),
    guruji.availability === "on_break" && say("onBreak"),
    guruji.availability === "off" && say("off"),
  ];
  return (
    <>
      <span className="soft">{parts.filter(Boolean).join(" · ")}</span>
      <strong className="wait">
        {longWait ? common("overTwoHours") : (waitRange(guruji.wait, common) ?? tell("waitUnknown"))}
      </strong>
    </>
  );
}
