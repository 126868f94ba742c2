import type { QueueEntry } from "@sangam/sdk";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button, Name } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { lookInto, noteOf, type Remedy, remediesOf, templatesFor } from "./history.ts";
import { guruji as words } from "./words.ts";

const ICONS: Readonly<Record<string, IconName>> = {
  homeopathic: "drop",
  ayurvedic: "leaf",
  spiritual: "diya",
  lifestyle: "sun",
  dietary: "heart",
};
const TYPES = ["ayurvedic", "homeopathic", "spiritual", "lifestyle", "dietary"] as const;

export function Given({ remedy }: { remedy: Remedy }) {
  const say = useWords(words);
  const facts = [remedy.dosage, remedy.days > 0 && say("forDays", { count: remedy.days })].filter(Boolean);
  return (
    <li>
      <Icon name={ICONS[remedy.type] ?? "leaf"} />
      <div>
        <strong>
          <Name>{remedy.name}</Name>
        </strong>
        {facts.length > 0 && <p className="soft">{facts.join(" · ")}</p>}
      </div>
    </li>
  );
}

/** What is given today: from a template in one tap, or in the guruji's own words. */
export function Remedies({
  entry,
  find,
}: {
  entry: QueueEntry;
  find: React.RefObject<HTMLInputElement | null>;
}) {
  const say = useWords(words);
  const client = useClient();
  const state = useClientState();
  const [typed, setTyped] = useState("");
  const given = remediesOf(lookInto(state), entry.id);
  const templates = templatesFor(state, typed).filter((one) => !given.some((had) => had.name === one.name));
  const known = templates.some((one) => one.name.toLowerCase() === typed.trim().toLowerCase());
  function give(template: Remedy) {
    client.act("remedy.prescribe", { entry: entry.id, template: template.id });
    setTyped("");
  }
  return (
    <section className="remedy" aria-labelledby="remedy">
      <h2 id="remedy">{say("remedyToday")}</h2>
      {given.length > 0 && (
        <ul className="given">
          {given.map((one) => (
            <Given key={one.id} remedy={one} />
          ))}
        </ul>
      )}
      <p className="field">
        <Icon name="search" />
        <input
          ref={find}
          type="search"
          placeholder={say("findTemplate")}
          aria-label={say("findTemplate")}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <kbd className="key">/</kbd>
      </p>
      <p className="actions">
        {templates.map((one) => (
          <Button key={one.id} icon={ICONS[one.type] ?? "leaf"} onClick={() => give(one)}>
            <span className="unseen">{say("give")}</span> <Name>{one.name}</Name>
          </Button>
        ))}
      </p>
      {typed.trim() && !known && (
        <OwnWords key={entry.id} name={typed.trim()} entry={entry.id} onGiven={() => setTyped("")} />
      )}
    </section>
  );
}

function OwnWords({ name, entry, onGiven }: { name: string; entry: string; onGiven(): void }) {
  const say = useWords(words);
  const client = useClient();
  const [type, setType] = useState<(typeof TYPES)[number]>(TYPES[0]);
  const [dosage, setDosage] = useState("");
  const [days, setDays] = useState("");
  function give(event: FormEvent) {
    event.preventDefault();
    const count = Number.parseInt(days, 10);
    client.act("remedy.prescribe", {
      entry,
      name,
      type,
      ...(dosage.trim() ? { dosage: dosage.trim() } : {}),
      ...(count > 0 ? { days: Math.min(count, 3650) } : {}),
    });
    onGiven();
  }
  return (
    <form className="own" onSubmit={give}>
      <label>
        <span className="label">{say("kind")}</span>
        <span className="field">
          <select value={type} onChange={(event) => setType(event.currentTarget.value as typeof type)}>
            {TYPES.map((one) => (
              <option key={one} value={one}>
                {say(`type.${one}`)}
              </option>
            ))}
          </select>
        </span>
      </label>
      <Field
        label={say("dosage")}
        value={dosage}
        onChange={(event) => setDosage(event.currentTarget.value)}
      />
      <Field
        label={say("days")}
        inputMode="numeric"
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
      />
      <Button type="submit" icon="plus">
        {say("writeRemedy", { name })}
      </Button>
    </form>
  );
}

/** Notes that were begun, by entry: leaving a person for a moment loses no word. Memory only, it is about health. */
export type Drafts = Map<string, string>;

/** The note of this consultation. It is saved when the field is left, and before the consultation is finished. */
export function Note(props: { entry: QueueEntry; drafts: Drafts; save(entry: QueueEntry): void }) {
  const { entry, drafts, save } = props;
  const say = useWords(words);
  const state = useClientState();
  const saved = noteOf(lookInto(state), String(entry.fields.consultation ?? ""));
  const [text, setText] = useState(() => drafts.get(entry.id) ?? saved);
  const before = useRef(saved);
  // What was saved elsewhere shows, unless somebody is writing here.
  useEffect(() => {
    if (before.current === saved) return;
    before.current = saved;
    if (!drafts.has(entry.id)) setText(saved);
  }, [saved, drafts, entry.id]);
  return (
    <label className="jot">
      <span className="label">
        {say("note")} <span className="note">{say("noteHow")}</span>
      </span>
      <textarea
        rows={3}
        maxLength={20_000}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          drafts.set(entry.id, event.currentTarget.value);
        }}
        onBlur={() => save(entry)}
      />
    </label>
  );
}
