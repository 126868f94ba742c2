import type { Fields } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { LANG_NAMES } from "../words/catalogue.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { people } from "./peopleWords.ts";
import type { PersonRow, Purpose } from "./person.ts";

/** The notice is told in these. */
const TOLD_IN = ["hi", "en"] as const;
type ToldIn = (typeof TOLD_IN)[number];

/** That somebody agreed, to what, and after which notice. */
export function ConsentPanel(props: {
  person: PersonRow;
  purpose: Purpose;
  onSave(data: Fields): void;
  onClose(): void;
}) {
  const { person, purpose } = props;
  const say = useWords(people);
  const { lang } = useLanguage();
  const [notice, setNotice] = useState("");
  const [readIn, setReadIn] = useState<ToldIn>(
    person.language === "en" || (!person.language && lang === "en") ? "en" : "hi",
  );
  const [by, setBy] = useState("");
  const guardians = person.family.filter((one) => one.guardian);
  const relation = (value: string) => {
    const key = `relation.${value}`;
    return key in people.phrases ? say(key as "relation.parent") : value;
  };
  function go(event: FormEvent) {
    event.preventDefault();
    props.onSave({
      purpose,
      language: readIn,
      ...(notice.trim() ? { notice: notice.trim() } : {}),
      ...(by ? { by } : {}),
    });
    props.onClose();
  }
  return (
    <Panel
      title={say("consentTitle", { name: person.name, purpose: say(`purpose.${purpose}`) })}
      onClose={props.onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={props.onClose}>{say("cancel")}</Button>
          <Button kind="main" type="submit" form="consent-form">
            {say("record")}
          </Button>
        </>
      }
    >
      <form id="consent-form" className="stack" onSubmit={go} noValidate>
        <p>
          {say("consentHow")}{" "}
          <a href="/notice" target="_blank" rel="noreferrer">
            <Icon name="file-text" /> {say("openNotice")}
          </a>
        </p>
        <Field
          label={say("version")}
          note={say("versionHow")}
          data-first=""
          autoComplete="off"
          maxLength={40}
          value={notice}
          onChange={(event) => setNotice(event.currentTarget.value)}
        />
        <div>
          <span className="label">{say("readIn")}</span>
          <Choice<ToldIn>
            label={say("readIn")}
            options={TOLD_IN.map((value) => ({ value, label: LANG_NAMES[value], lang: value }))}
            value={readIn}
            onChange={setReadIn}
          />
        </div>
        {guardians.length > 0 && (
          <label>
            <span className="label">{say("saidBy")}</span>
            <span className="field">
              <select value={by} onChange={(event) => setBy(event.currentTarget.value)}>
                <option value="">{say("themselves")}</option>
                {guardians.map((one) => (
                  <option key={one.person} value={one.person}>
                    {relation(one.relation)}
                  </option>
                ))}
              </select>
            </span>
          </label>
        )}
      </form>
    </Panel>
  );
}
