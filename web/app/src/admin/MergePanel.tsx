import { type ReactNode, useEffect, useRef, useState } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Name, Notice } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { useClient, usePlace } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { FindPerson } from "./FindPerson.tsx";
import { useLook } from "./looking.ts";
import { people } from "./peopleWords.ts";
import { askNow, newId, type PersonRow } from "./person.ts";
import { useRefusal } from "./refusal.ts";
import { Unfound } from "./Unfound.tsx";
import { Visits } from "./Visits.tsx";

/** Makes one person of two: who is the other, both side by side, who stays, and what will happen. */
export function MergePanel(props: {
  person: PersonRow;
  /** Who they may be, as the box has noticed; "" when nobody said so. */
  alike: string;
  onMerged(kept: PersonRow): void;
  onClose(): void;
}) {
  const { person, alike } = props;
  const say = useWords(people);
  const { failed, look } = useLook();
  const [other, setOther] = useState<PersonRow | null>(null);
  const [finding, setFinding] = useState(alike === "");
  const fetchAlike = () => look(alike, ({ people: [one] }) => (one ? setOther(one) : setFinding(true)));
  const first = useRef(fetchAlike);
  useEffect(() => {
    if (alike) first.current();
  }, [alike]);
  if (other)
    return (
      <Both
        {...props}
        other={other}
        onOther={() => {
          setOther(null);
          setFinding(true);
        }}
      />
    );
  return (
    <Panel title={say("mergeFind", { name: person.name })} onClose={props.onClose}>
      {finding ? (
        <FindPerson but={person.id} onChoose={setOther} />
      ) : failed ? (
        <Unfound failed={failed} onRetry={fetchAlike} />
      ) : (
        <Bones />
      )}
    </Panel>
  );
}

function Both(props: {
  person: PersonRow;
  other: PersonRow;
  onOther(): void;
  onMerged(kept: PersonRow): void;
  onClose(): void;
}) {
  const { person, other } = props;
  const say = useWords(people);
  const client = useClient();
  // Whoever was known first is known best.
  const [otherStays, setOtherStays] = useState(
    () => (other.registeredAt ?? "") < (person.registeredAt ?? ""),
  );
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState("");
  const id = useRef(newId());
  const refusalOf = useRefusal("oneIsGone");
  const [keep, drop] = otherStays ? [other, person] : [person, other];
  function merge() {
    setBusy(true);
    setWhy("");
    const data = { keep: keep.id, drop: drop.id };
    const saw = { name: keep.name, phone: keep.phone || null };
    askNow(client, id.current, { type: "person.merge", data, saw }).then(
      () => {
        props.onClose();
        props.onMerged(keep);
      },
      (error) => {
        setBusy(false);
        setWhy(refusalOf(error));
        // A refusal is the end of an act; one that was not heard may have been done, and goes by its id again.
        if (failureOf(error).code !== "no_answer") id.current = newId();
      },
    );
  }
  return (
    <Panel
      also="merge"
      title={say("mergeTitle")}
      onClose={props.onClose}
      foot={
        <>
          <Button kind="bare" onClick={props.onOther}>
            {say("anotherOne")}
          </Button>
          <label className="last-word push">
            <input
              type="checkbox"
              checked={sure}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />{" "}
            {say("mergeSure")}
          </label>
          <Button onClick={props.onClose}>{say("cancel")}</Button>
          <Button kind="main" disabled={!sure || busy} onClick={merge}>
            {say("mergeDo")}
          </Button>
        </>
      }
    >
      <div className="stack">
        {why && (
          <Notice tone="alarm" icon="triangle-alert" loud title={say("notDone")}>
            {why}
          </Notice>
        )}
        <div className="two">
          <Compare two={[person, other]} keep={keep.id} onKeep={(one) => setOtherStays(one === other.id)} />
          <dl className="fate">
            <dt>{say("mergeStays")}</dt>
            <dd>{say("mergeStaysWhat", { keep: keep.name })}</dd>
            <dt>{say("mergeGoes")}</dt>
            <dd>{say("mergeGoesWhat", { keep: keep.name, drop: drop.name })}</dd>
            <dt>{say("mergeQueue")}</dt>
            <dd>{say("mergeQueueWhat")}</dd>
            <dt>{say("mergeBack")}</dt>
            <dd>{say("mergeBackWhat", { keep: keep.name })}</dd>
          </dl>
        </div>
      </div>
    </Panel>
  );
}

/** Both as they are kept; who stays is chosen at the head of their column. */
function Compare(props: {
  two: readonly [PersonRow, PersonRow];
  /** Id of the one who stays. */
  keep: string;
  onKeep(id: string): void;
}) {
  const { two, keep } = props;
  const say = useWords(people);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const facts: [string, (one: PersonRow) => ReactNode][] = [
    [say("phone"), (one) => inFives(one.phone ?? "")],
    [say("phones"), (one) => (one.phones ?? []).map(inFives).join(", ")],
    [say("birthYear"), (one) => one.birthYear],
    [say("place"), (one) => one.place && <Name>{one.place}</Name>],
    [
      say("registered"),
      (one) =>
        one.registeredAt &&
        `${dayAndDate(one.registeredAt, lang, zone)} ${new Date(one.registeredAt).getFullYear()}`,
    ],
    [say("visits"), (one) => one.visits.length > 0 && <Visits person={one} />],
    [
      say("upcoming"),
      (one) =>
        one.upcoming
          .flatMap(({ slot }) => (slot ? `${dayAndDate(slot, lang, zone)}, ${clock(slot, zone)}` : []))
          .join("; "),
    ],
  ];
  const shown = facts.filter(([, of]) => two.some(of));
  return (
    <table className="compare">
      <thead>
        <tr>
          <td />
          {two.map((one) => (
            <th key={one.id} scope="col" className={one.id === keep ? "kept" : ""}>
              <label>
                <input
                  type="radio"
                  name="keep"
                  {...(one.id === keep ? { "data-first": "" } : {})}
                  checked={one.id === keep}
                  onChange={() => props.onKeep(one.id)}
                />
                <Name>{one.name}</Name>
                <span className="note">{say(one.id === keep ? "thisStays" : "thisGoes")}</span>
              </label>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map(([label, of]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {two.map((one) => (
              <td key={one.id} className={one.id === keep ? "kept" : ""}>
                {of(one) || <span className="soft">{say("notTold")}</span>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
