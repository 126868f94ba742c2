import type { Shape } from "@sangam/sdk";
import { type Dispatch, type SetStateAction, useEffect, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button, Chip, Name } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { useClient, usePlace } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { askedFor } from "./bookings.ts";
import { bookingWords } from "./bookingWords.ts";
import type { BookDraft } from "./draft.ts";
import { panels } from "./panelWords.ts";

type Person = Shape<"PersonRow">;

interface Found {
  people: readonly Person[];
  more: boolean;
  unheard: boolean;
}

const NOBODY: Found = { people: [], more: false, unheard: false };
/** As many as stand beside the form without hiding it. */
const SHOWN = 4;
/** A pause in typing. */
const PAUSE_MS = 250;

/** Whom the site knows by what was typed, asked for after a pause in typing. */
function useFound(asked: string): Found {
  const client = useClient();
  const [found, setFound] = useState(NOBODY);
  useEffect(() => {
    if (!asked) return setFound(NOBODY);
    let wanted = true;
    const timer = setTimeout(() => {
      client.request<Shape<"People">>("GET", `/api/v1/people?q=${encodeURIComponent(asked)}`).then(
        ({ people, more }) =>
          wanted &&
          setFound({
            people: people.slice(0, SHOWN),
            more: Boolean(more) || people.length > SHOWN,
            unheard: false,
          }),
        (error) => wanted && setFound({ ...NOBODY, unheard: failureOf(error).code === "no_answer" }),
      );
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, asked]);
  return found;
}

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
            {found.people.map((one) => (
              <Known
                key={one.id}
                one={one}
                onChoose={() =>
                  setDraft({ ...draft, person: one.id, name: one.name, phone: inFives(one.phone ?? "") })
                }
              />
            ))}
          </ul>
          {found.more && <p className="soft note">{say("moreKnown")}</p>}
        </section>
      )}
    </>
  );
}

function Known({ one, onChoose }: { one: Person; onChoose(): void }) {
  const say = useWords(bookingWords);
  const tell = useWords(panels);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const [next] = one.upcoming;
  const more = [one.phone && inFives(one.phone), one.place, one.birthYear].filter(Boolean).join(" · ");
  return (
    <li>
      <div>
        <strong>
          <Name>{one.name}</Name>
        </strong>
        <p className="soft">{more}</p>
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
