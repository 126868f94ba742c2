import type { FormEvent } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button, Chip } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { desk } from "../desk/words.ts";
import { useClientState, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { askedFor } from "./bookings.ts";
import { bookingWords } from "./bookingWords.ts";
import { chosen, type Draft, phoneIsWrong } from "./draft.ts";
import { aboutOf, type Person, useFound } from "./everKnown.ts";
import type { CheckInProps } from "./giveToken.ts";
import { Marked } from "./Marked.tsx";
import { panels } from "./panelWords.ts";
import { type Known, knownToday, waitsAlready } from "./people.ts";

/** Of those who came on other days: as many as stand in sight. */
const BEFORE = 4;

/** Who it is: typed, or found among those of today and among all whom the site knows. */
export function PersonStep(props: CheckInProps & { wrong: boolean; setWrong(wrong: boolean): void }) {
  const { draft, setDraft, wrong, setWrong } = props;
  const say = useWords(panels);
  const tell = useWords(bookingWords);
  const state = useClientState();
  const asked = draft.name.trim() || draft.phone.trim();
  const known = asked ? knownToday(state, asked) : [];
  const site = useFound(askedFor(draft));
  const here = new Set(known.map((one) => one.person));
  const before = site.people.filter((one) => !here.has(one.id));
  const set = (over: Partial<Draft>) => {
    setWrong(false);
    setDraft({ ...draft, ...over, known: null });
  };
  function go(event: FormEvent) {
    event.preventDefault();
    if (phoneIsWrong(draft.phone)) return setWrong(true);
    if (draft.name.trim()) setDraft({ ...draft, known: null, step: "whom" });
  }
  return (
    <form id="person" className="stack" onSubmit={go} autoComplete="off">
      <div className="fields">
        <Field
          label={say("nameSaid")}
          data-first=""
          value={draft.name}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Field
          label={say("phone")}
          value={draft.phone}
          inputMode="tel"
          autoComplete="off"
          wrong={wrong && say("phoneWrong")}
          onChange={(event) => set({ phone: event.currentTarget.value })}
        />
      </div>
      {known.length > 0 && (
        <section aria-label={say("knownHere")}>
          <h3 className="label">{say("knownHere")}</h3>
          <ul className="found">
            {known.map((one) => (
              <Found key={one.id} one={one} {...props} />
            ))}
          </ul>
        </section>
      )}
      {before.length > 0 && (
        <section aria-label={tell("knownHere")}>
          <h3 className="label">{tell("knownHere")}</h3>
          <ul className="found">
            {before.slice(0, BEFORE).map((one) => (
              <Before key={one.id} one={one} {...props} />
            ))}
          </ul>
          {(site.more || before.length > BEFORE) && <p className="soft note">{tell("moreKnown")}</p>}
        </section>
      )}
      <p className="soft note" role="status">
        {site.unheard ? tell("notSearched") : say("knownHow")}
      </p>
    </form>
  );
}

function Found({ one, draft, setDraft, onOpen }: CheckInProps & { one: Known }) {
  const say = useWords(panels);
  const { zone } = usePlace();
  const token = one.entry?.token ?? "";
  return (
    <li>
      <div>
        <strong>
          <Marked typed={draft.name}>{one.name}</Marked>
        </strong>
        <p className="soft">{inFives(one.phone)}</p>
      </div>
      {waitsAlready(one) ? (
        <Chip tone="heed" icon="hourglass">
          {say("waitingAlready", { token })}
        </Chip>
      ) : one.appointment ? (
        <Chip tone="flow" icon="calendar" kind="quiet">
          {say("bookedAt", { time: clock(one.appointment.slot, zone) })}
        </Chip>
      ) : (
        <Chip tone="rest" icon="check" kind="quiet">
          {say("hereToday", { token })}
        </Chip>
      )}
      {waitsAlready(one) ? (
        <Button onClick={() => onOpen(one.id)}>{say("openToken", { token })}</Button>
      ) : (
        <Button onClick={() => setDraft(chosen(draft, one))}>{say("thisOne")}</Button>
      )}
    </li>
  );
}

/** Somebody of another day: they come with the history they have. */
function Before({ one, draft, setDraft }: CheckInProps & { one: Person }) {
  const say = useWords(panels);
  const known = { id: one.id, person: one.id, name: one.name, phone: one.phone ?? "" };
  return (
    <li>
      <div>
        <strong>
          <Marked typed={draft.name}>{one.name}</Marked>
        </strong>
        <p className="soft">{aboutOf(one)}</p>
      </div>
      <span />
      <Button onClick={() => setDraft(chosen(draft, { ...known, entry: null, appointment: null }))}>
        {say("thisOne")}
      </Button>
    </li>
  );
}

export function PersonFoot(props: CheckInProps & { setWrong(wrong: boolean): void }) {
  const { draft, setDraft, onClose } = props;
  const say = useWords(panels);
  const common = useWords(desk);
  const name = draft.name.trim();
  return (
    <>
      <Button
        kind="bare"
        onClick={() => setDraft({ ...draft, known: null, name: "", phone: "", step: "whom" })}
      >
        {say("noName")}
      </Button>
      <span className="push" />
      <Button shortcut="Esc" onClick={onClose}>
        {common("cancel")}
      </Button>
      <Button kind="main" icon="arrow-right" shortcut="Enter" type="submit" form="person" disabled={!name}>
        {name ? say("goOnWith", { name }) : say("goOn")}
      </Button>
    </>
  );
}
