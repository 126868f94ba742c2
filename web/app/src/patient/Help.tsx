import type { PendingAction } from "@sangam/sdk";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { patient } from "./words.ts";

export interface Calling {
  /** What became of the last call: on its way, kept until the box is heard, with the staff, or refused. */
  state: "none" | "going" | "waits" | "told" | "refused";
  call(place: string): void;
  /** Takes back what has not left the phone, or was refused. */
  takeBack(): void;
}

/** A call for help, kept above the pages of this phone: whoever is called to guruji meanwhile still sees it. */
export function useCalling(entryId: string | undefined): Calling {
  const client = useClient();
  const { pending } = useClientState();
  const [told, setTold] = useState(false);
  const was = useRef<PendingAction | null>(null);
  const takenBack = useRef("");
  const act = pending.find((one) => one.type === "emergency.raise" && one.mine) ?? null;
  const state = act ? STATE_OF[act.state] : told ? "told" : "none";
  // It is with the staff once it is no longer to be sent, also if this page was loaded anew meanwhile.
  useEffect(() => {
    const last = was.current;
    if (!act && last && last.state !== "rejected" && last.id !== takenBack.current) setTold(true);
    was.current = act;
  }, [act]);
  return {
    state,
    call: (place) =>
      void client.act(
        "emergency.raise",
        { ...(entryId ? { entry: entryId } : {}), ...(place ? { place } : {}) },
        { optimistic: false },
      ),
    takeBack: () => {
      if (!act) return;
      takenBack.current = act.id;
      void client.discard(act.id);
    },
  };
}

const STATE_OF = { waiting: "waits", sending: "going", applied: "told", rejected: "refused" } as const;

/** Calls the staff to whoever holds this phone: at any time, and asked back once. */
export function Help({ calling }: { calling: Calling }) {
  const say = useWords(patient);
  const [asking, setAsking] = useState(false);
  const { state } = calling;
  if (state === "refused") {
    return (
      <Notice tone="alarm" icon="triangle-alert" title={say("helpRefused")} loud>
        <p className="actions">
          <Button onClick={calling.takeBack}>{say("helpAgain")}</Button>
        </p>
      </Notice>
    );
  }
  if (state === "going" || state === "waits") {
    return (
      <div className="leaving">
        <p className="heed said" role="status">
          <Icon name="send" /> {say(state === "going" ? "helpGoing" : "helpWaits")}
        </p>
        {state === "waits" && (
          <Button icon="undo" onClick={calling.takeBack}>
            {say("helpNot")}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div className="leaving">
      {state === "told" && <Notice tone="flow" icon="bell" title={say("helpTold")} />}
      <Button kind="bare" icon="help" onClick={() => setAsking(true)}>
        {say(state === "told" ? "helpAgain" : "help")}
      </Button>
      {asking && (
        <Ask
          onCall={(place) => {
            setAsking(false);
            calling.call(place);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function Ask({ onCall, onClose }: { onCall(place: string): void; onClose(): void }) {
  const say = useWords(patient);
  const [place, setPlace] = useState("");
  function go(event: FormEvent) {
    event.preventDefault();
    onCall(place.trim());
  }
  return (
    <Panel
      title={say("helpTitle")}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say("helpNot")}</Button>
          <Button kind="main" also="push" type="submit" form="help-form" data-first="">
            {say("helpDo")}
          </Button>
        </>
      }
    >
      <form id="help-form" className="stack" onSubmit={go}>
        <p>{say("helpWhy")}</p>
        <Field
          label={say("helpWhere")}
          value={place}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setPlace(event.currentTarget.value)}
        />
      </form>
    </Panel>
  );
}
