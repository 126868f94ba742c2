import { gurujisOf, queueOf } from "@sangam/sdk";
import type { FormEvent, ReactNode } from "react";
import { Field } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Name, Notice, Token } from "../blocks/small.tsx";
import { Outlook } from "../desk/MovePanel.tsx";
import { desk } from "../desk/words.ts";
import { useClientState, useClinicNow, useDataAge, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type Credit, type Draft, nameOf } from "./draft.ts";
import { creditMinutes } from "./giveToken.ts";
import { panels } from "./panelWords.ts";
import { standing } from "./people.ts";

interface StepProps {
  draft: Draft;
  setDraft(draft: Draft): void;
}

/** Whom they see, and why they come forward; beside it what will come of it. */
export function WhomStep({ draft, setDraft, onGive }: StepProps & { onGive(): void }) {
  const say = useWords(panels);
  const gurujis = gurujisOf(useClientState()).filter((one) => one.fields.disabled !== true);
  function go(event: FormEvent) {
    event.preventDefault();
    onGive();
  }
  return (
    <form id="whom" className="two" onSubmit={go}>
      <div className="stack">
        <fieldset className="set healers">
          <legend className="unseen">{say("guruji")}</legend>
          <Healer value="" draft={draft} setDraft={setDraft}>
            <strong>{say("whoeverFirst")}</strong>
            <span className="soft">{say("boxDecides")}</span>
          </Healer>
          {gurujis.map((one) => (
            <Healer key={one.id} value={one.id} draft={draft} setDraft={setDraft}>
              <strong>
                <Name>{one.name}</Name>
              </strong>
              <Outlook guruji={one} />
            </Healer>
          ))}
        </fieldset>
        <Field
          label={say("cameFor")}
          note={say("cameForHow")}
          value={draft.reason}
          autoComplete="off"
          onChange={(event) => setDraft({ ...draft, reason: event.currentTarget.value })}
        />
        <Forward draft={draft} setDraft={setDraft} />
      </div>
      <WillStand draft={draft} />
    </form>
  );
}

function Healer({ value, draft, setDraft, children }: StepProps & { value: string; children: ReactNode }) {
  const on = draft.guruji === value;
  return (
    <label className="pick">
      <input
        type="radio"
        name="guruji"
        checked={on}
        data-first={on ? "" : undefined}
        onChange={() => setDraft({ ...draft, guruji: value })}
      />
      {children}
    </label>
  );
}

const CREDITS: readonly Exclude<Credit, "">[] = ["elderly", "disabled", "pregnant"];

function Forward({ draft, setDraft }: StepProps) {
  const say = useWords(panels);
  const words = useWords(desk);
  const state = useClientState();
  const pick = (on: boolean, over: Partial<Draft>, children: ReactNode, tone = "") => (
    <label className={`pick ${tone}`}>
      <input
        type="radio"
        name="forward"
        checked={on}
        onChange={() => setDraft({ ...draft, credit: "", emergency: false, ...over })}
      />
      <span>{children}</span>
    </label>
  );
  return (
    <fieldset className="set">
      <legend>{say("forward")}</legend>
      <div className="small">
        {pick(!draft.credit && !draft.emergency, {}, say("nothing"))}
        {CREDITS.map((credit) => pick(draft.credit === credit, { credit }, words(`why.${credit}`)))}
        {pick(
          draft.emergency,
          { emergency: true },
          <>
            <Icon name="siren" /> {say("emergencyTitle")}
          </>,
          "alarm",
        )}
      </div>
      {draft.credit && (
        <p className="soft note">{say("creditHow", { n: creditMinutes(state, draft.credit) })}</p>
      )}
      {draft.emergency && (
        <Notice tone="alarm" icon="siren" title={say("toEverybody")}>
          {say("toEverybodyWhy")}
        </Notice>
      )}
    </fieldset>
  );
}

function WillStand({ draft }: { draft: Draft }) {
  const say = useWords(panels);
  const state = useClientState();
  const { zone } = usePlace();
  const now = useClinicNow(1000);
  if (!draft.guruji) {
    return (
      <aside className="outlook" aria-label={say("willStand")}>
        <p className="label">{say("willStand")}</p>
        <p className="soft">{say("decidedLater")}</p>
      </aside>
    );
  }
  const slot = draft.known?.appointment?.slot;
  const credit = creditMinutes(state, draft.credit);
  const will = standing(queueOf(state, draft.guruji), {
    clinicNowMs: now,
    creditMinutes: credit,
    emergency: draft.emergency,
    ...(slot ? { slot } : {}),
  });
  const row = (place: number, token: string, name: string | null, own = false) => (
    <li className="line" key={token || "own"} {...(own ? { "aria-current": true } : {})}>
      <span className="soft note">{place}</span> <Token>{token || "–"}</Token>{" "}
      <span className="name">{name && <Name>{name}</Name>}</span>
    </li>
  );
  return (
    <aside className="outlook" aria-label={say("willStand")}>
      <p className="label">{say("willStand")}</p>
      <p className="place">{will.place}</p>
      <p className="soft">
        {say("ofAll", { count: will.of })}
        {(credit > 0 || slot) && `, ${say("asIfAt", { time: clock(will.countsFromMs, zone) })}`}
        {will.place === 1 && `. ${say("behindNobody")}`}
      </p>
      <ol>
        {will.before.map((entry, i) => row(will.place - will.before.length + i, entry.token, entry.name))}
        {row(will.place, "", nameOf(draft) || null, true)}
        {will.after.map((entry, i) => row(will.place + 1 + i, entry.token, entry.name))}
      </ol>
    </aside>
  );
}

export function WhomFoot({ draft, onBack }: { draft: Draft; onBack(): void }) {
  const say = useWords(panels);
  const words = useWords(desk);
  const { offline } = useDataAge();
  return (
    <>
      <Button kind="bare" onClick={onBack}>
        {words("back")}
      </Button>
      <span className="soft note push">{say(offline ? "savedHere" : "savedAtOnce")}</span>
      {draft.emergency ? (
        <Button kind="danger" also="solid" icon="siren" shortcut="Enter" type="submit" form="whom">
          {say("giveEmergency")}
        </Button>
      ) : (
        <Button kind="main" icon="check" shortcut="Enter" type="submit" form="whom">
          {say("giveToken")}
        </Button>
      )}
    </>
  );
}
