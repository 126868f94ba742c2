import type { Fields } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { useClinicNow } from "../screen/client.tsx";
import { LANG_NAMES, LANGS } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { people } from "./peopleWords.ts";
import { changesOf, type Draft, draftOf, type PersonRow, wrongIn } from "./person.ts";

const GENDERS = ["female", "male", "other"] as const;

/** Corrects what is kept about who somebody is. What was typed is the caller's to keep while this is closed. */
export function CorrectPanel(props: {
  person: PersonRow;
  draft: Draft | null;
  onDraft(draft: Draft): void;
  onSave(changes: { data: Fields; saw: Fields }): void;
  onClose(): void;
}) {
  const { person } = props;
  const say = useWords(people);
  const [tried, setTried] = useState(false);
  const thisYear = new Date(useClinicNow(60_000)).getFullYear();
  const draft = props.draft ?? draftOf(person);
  const wrong = wrongIn(person, draft, thisYear);
  const field = (name: keyof Draft, told?: string) => ({
    label: say(name),
    autoComplete: "off",
    value: draft[name],
    wrong: tried && wrong.has(name) && told,
    onChange: (event: { currentTarget: { value: string } }) =>
      props.onDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (wrong.size > 0) return;
    const changes = changesOf(person, draft);
    if (changes) props.onSave(changes);
    props.onClose();
  }
  const languages: [string, string][] = LANGS.map((lang) => [lang, LANG_NAMES[lang]]);
  const genders: [string, string][] = GENDERS.map((one) => [one, say(`gender.${one}`)]);
  return (
    <Panel
      title={say("correctTitle", { name: person.name })}
      onClose={props.onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={props.onClose}>{say("cancel")}</Button>
          <Button kind="main" type="submit" form="correct-form">
            {say("save")}
          </Button>
        </>
      }
    >
      <form id="correct-form" className="form in-two" onSubmit={go} noValidate>
        <Field {...field("name", say("nameMissing"))} data-first="" maxLength={200} />
        <Field {...field("phone", say("phoneWrong"))} type="tel" maxLength={40} />
        <Field {...field("phones", say("phoneWrong"))} note={say("phonesHow")} maxLength={220} />
        <Field {...field("birthYear", say("yearWrong"))} inputMode="numeric" maxLength={4} />
        <OneOf {...field("gender")} among={genders} />
        <OneOf {...field("language")} among={languages} />
        <Field {...field("place")} maxLength={200} />
        <Field {...field("guardian")} maxLength={200} />
      </form>
    </Panel>
  );
}

/** One of those we have words for, or what stands there already, or nothing. */
function OneOf(props: {
  label: string;
  value: string;
  among: readonly (readonly [string, string])[];
  onChange(event: { currentTarget: { value: string } }): void;
}) {
  const say = useWords(people);
  const strange = props.value !== "" && !props.among.some(([value]) => value === props.value);
  return (
    <label>
      <span className="label">{props.label}</span>
      <span className="field">
        <select value={props.value} onChange={props.onChange}>
          <option value="">{say("notTold")}</option>
          {strange && <option value={props.value}>{props.value}</option>}
          {props.among.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
