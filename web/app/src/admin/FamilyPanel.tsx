import { type FormEvent, useRef, useState } from "react";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { FindPerson } from "./FindPerson.tsx";
import { people } from "./peopleWords.ts";
import { type PersonRow, RELATIONS, type Relation } from "./person.ts";

export interface Link {
  relative: string;
  relation: Relation;
  guardian: boolean;
  proxy: boolean;
}

/** Says who somebody's relative is, what they are to them, and what they may do for them. */
export function FamilyPanel(props: { person: PersonRow; onSave(link: Link): void; onClose(): void }) {
  const { person } = props;
  const say = useWords(people);
  const [relative, setRelative] = useState<PersonRow | null>(null);
  if (!relative)
    return (
      <Panel title={say("relativeFind", { name: person.name })} onClose={props.onClose}>
        <FindPerson but={person.id} onChoose={setRelative} />
      </Panel>
    );
  return <Related {...props} relative={relative} onOther={() => setRelative(null)} />;
}

function Related(props: {
  person: PersonRow;
  relative: PersonRow;
  onOther(): void;
  onSave(link: Link): void;
  onClose(): void;
}) {
  const { person, relative } = props;
  const say = useWords(people);
  const before = person.family.find((one) => one.person === relative.id);
  const [relation, setRelation] = useState<Relation | "">((before?.relation as Relation | undefined) ?? "");
  const [guardian, setGuardian] = useState(before?.guardian ?? false);
  const [proxy, setProxy] = useState(before?.proxy ?? false);
  const [tried, setTried] = useState(false);
  const field = useRef<HTMLSelectElement>(null);
  const both = { relative: relative.name, person: person.name };
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!relation) return field.current?.focus();
    props.onSave({ relative: relative.id, relation, guardian, proxy });
    props.onClose();
  }
  return (
    <Panel
      title={say("relativeTitle", both)}
      onClose={props.onClose}
      foot={
        <>
          <Button kind="bare" onClick={props.onOther}>
            {say("anotherOne")}
          </Button>
          <span className="push" />
          <Button onClick={props.onClose}>{say("cancel")}</Button>
          <Button kind="main" type="submit" form="family-form">
            {say("save")}
          </Button>
        </>
      }
    >
      <form id="family-form" className="form" onSubmit={go} noValidate>
        <label>
          <span className="label">{say("relationOf", both)}</span>
          <span className={tried && !relation ? "field wrong" : "field"}>
            <select
              ref={field}
              data-first=""
              value={relation}
              {...(tried && !relation ? { "aria-invalid": true } : {})}
              onChange={(event) => {
                const said = event.currentTarget.value as Relation | "";
                setRelation(said);
                if (said === "guardian") setGuardian(true);
              }}
            >
              <option value="">{say("relationChoose")}</option>
              {RELATIONS.map((one) => (
                <option key={one} value={one}>
                  {say(`relation.${one}`)}
                </option>
              ))}
            </select>
          </span>
          {tried && !relation && (
            <span className="note alarm said" role="alert">
              {say("relationMissing")}
            </span>
          )}
        </label>
        <label className="last-word">
          <input
            type="checkbox"
            checked={guardian}
            onChange={(event) => setGuardian(event.currentTarget.checked)}
          />{" "}
          {say("mayDecide", both)}
        </label>
        <label className="last-word">
          <input
            type="checkbox"
            checked={proxy}
            onChange={(event) => setProxy(event.currentTarget.checked)}
          />{" "}
          {say("mayBook", both)}
        </label>
        <p className="soft note">{say("relativeHow", both)}</p>
      </form>
    </Panel>
  );
}
