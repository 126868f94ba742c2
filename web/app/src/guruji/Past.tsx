import { gurujisOf } from "@sangam/sdk";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button, Name } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient, useClientState, useDataAge, usePlace } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { dayAndDate } from "../words/times.ts";
import type { Before } from "./before.ts";
import { Given } from "./Care.tsx";
import type { Visit } from "./history.ts";
import { guruji as words } from "./words.ts";

/** How many visits stand open; the rest at a tap. */
const SHOWN = 4;

/** What is known of the person from before. */
export function Past({ before }: { before: Before }) {
  const say = useWords(words);
  const { offline } = useDataAge();
  const [all, setAll] = useState(false);
  const { visits, whole } = before;
  const shown = all ? visits : visits.slice(0, SHOWN);
  if (whole && visits.length === 0) return <FirstVisit />;
  return (
    <section className="past" aria-labelledby="past">
      <h2 id="past">{say("beforeToday")}</h2>
      {!whole && offline && <p className="soft note">{say("beforeUnheard")}</p>}
      <ol>
        {shown.map((visit) => (
          <One key={visit.id} visit={visit} />
        ))}
      </ol>
      {shown.length < visits.length && (
        <p>
          <Button kind="bare" onClick={() => setAll(true)}>
            {say("earlierVisits", { count: visits.length - shown.length })}
          </Button>
        </p>
      )}
    </section>
  );
}

function FirstVisit() {
  const say = useWords(words);
  return (
    <section className="past" aria-labelledby="past">
      <h2 id="past">{say("beforeToday")}</h2>
      <p className="soft">{say("firstVisit")}</p>
    </section>
  );
}

function One({ visit }: { visit: Visit }) {
  const say = useWords(words);
  const state = useClientState();
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const own = state.session.user?.gurujiId;
  const name = gurujisOf(state).find((one) => one.id === visit.guruji)?.name ?? "";
  return (
    <li>
      <p className="label">
        {dayAndDate(visit.at, lang, zone)} · {visit.guruji === own ? say("you") : <Name>{name}</Name>}
      </p>
      <Care visit={visit} />
      {visit.guruji === own && visit.ended && <AddTo visit={visit} />}
    </li>
  );
}

/** Note, what was added, and remedies of one consultation. */
export function Care({ visit }: { visit: Visit }) {
  const say = useWords(words);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  return (
    <>
      {visit.note && (
        <p className="written">
          <Name>{visit.note}</Name>
        </p>
      )}
      {visit.added.map((one) => (
        <p key={one.id} className="written">
          <span className="soft note">{say("addedOn", { day: dayAndDate(one.at, lang, zone) })}</span>{" "}
          <Name>{one.text}</Name>
        </p>
      ))}
      {visit.remedies.length > 0 && (
        <ul className="given">
          {visit.remedies.map((one) => (
            <Given key={one.id} remedy={one} />
          ))}
        </ul>
      )}
    </>
  );
}

/** Adds to a consultation that has ended; what stands there is never written over. */
export function AddTo({ visit }: { visit: Visit }) {
  const say = useWords(words);
  const common = useWords(desk);
  const client = useClient();
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const opened = text !== null;
  useEffect(() => {
    if (opened) field.current?.focus();
  }, [opened]);
  if (text === null) {
    return (
      <p>
        <Button kind="bare" icon="plus" onClick={() => setText("")}>
          {say("addTo")}
        </Button>
      </p>
    );
  }
  function go(event: FormEvent) {
    event.preventDefault();
    if (text?.trim()) client.act("consultation.amend", { consultation: visit.id, text: text.trim() });
    setText(null);
  }
  return (
    <form className="jot" onSubmit={go}>
      <label className="jot">
        <span className="label">{say("addTo")}</span>
        <textarea
          ref={field}
          rows={2}
          maxLength={20_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p className="actions">
        <Button type="submit" icon="check" disabled={!text.trim()}>
          {say("addIt")}
        </Button>
        <Button kind="bare" onClick={() => setText(null)}>
          {common("cancel")}
        </Button>
      </p>
    </form>
  );
}
