import type { Dispatch, SetStateAction } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button, Chip } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { usePlace } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { askedFor } from "./bookings.ts";
import { bookingWords } from "./bookingWords.ts";
import type { BookDraft } from "./draft.ts";
import { aboutOf, type Person, useFound } from "./everKnown.ts";
import { Marked } from "./Marked.tsx";
import { panels } from "./panelWords.ts";

/** As many as stand beside the form without hiding it. */
const SHOWN = 4;

/** Whose appointment it is: typed, or found among those the site knows. */
export function BookPerson(props: {
  draft: BookDraft;
  setDraft: Dispatch<SetStateAction<BookDraft>>;
  wrong: boolean;
  setWrong(wrong: boolean): void;
}) {
  const { draft, setDraft, wrong, setWrong } = props;
  const say = useWords(bookingWords);
  const tell = useWords(panels);
  const found = useFound(draft.person ? "" : askedFor(draft));
  const set = (over: Partial<BookDraft>) => {
    setWrong(false);
    setDraft({ ...draft, ...over, person: "" });
  };
  return (
    <>
      <div className="fields">
        <Field
          label={tell("nameSaid")}
          data-first=""
          value={draft.name}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Field
          label={tell("phone")}
          value={draft.phone}
          inputMode="tel"
          autoComplete="off"
          wrong={wrong && tell("phoneWrong")}
          onChange={(event) => set({ phone: event.currentTarget.value })}
        />
      </div>
      {draft.person ? (
        <p>
          <Chip tone="flow" icon="check" kind="quiet">
            {say("isKnown")}
          </Chip>
        </p>
      ) : (
        <p className="soft note" role="status">
          {found.unheard ? say("notSearched") : say("knownHow")}
        </p>
      )}
      {found.people.length > 0 && (
        <section aria-label={say("knownHere")}>
          <h3 className="label">{say("knownHere")}</h3>
          <ul className="found">
            {found.people.slice(0, SHOWN).map((one) => (
              <Known
                key={one.id}
                one={one}
                typed={draft.name}
                onChoose={() =>
                  setDraft({ ...draft, person: one.id, name: one.name, phone: inFives(one.phone ?? "") })
                }
              />
            ))}
          </ul>
          {(found.more || found.people.length > SHOWN) && <p className="soft note">{say("moreKnown")}</p>}
        </section>
      )}
    </>
  );
}

function Known({ one, typed, onChoose }: { one: Person; typed: string; onChoose(): void }) {
  const say = useWords(bookingWords);
  const tell = useWords(panels);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const [next] = one.upcoming;
  return (
    <li>
      <div>
        <strong>
          <Marked typed={typed}>{one.name}</Marked>
        </strong>
        <p className="soft">{aboutOf(one)}</p>
        {next?.slot && (
          <Chip tone="flow" icon="calendar" kind="quiet">
            {say("isBooked", { day: dayAndDate(next.slot, lang, zone), time: clock(next.slot, zone) })}
          </Chip>
        )}
      </div>
      <Button onClick={onChoose}>{tell("thisOne")}</Button>
    </li>
  );
}
