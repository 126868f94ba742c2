import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button, Chip, Name, Notice } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState, usePlace } from "../screen/client.tsx";
import { LANG_NAMES, type Lang } from "../words/catalogue.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { ConsentPanel } from "./ConsentPanel.tsx";
import { CorrectPanel } from "./CorrectPanel.tsx";
import { FamilyPanel } from "./FamilyPanel.tsx";
import { MergePanel } from "./MergePanel.tsx";
import { PersonAsks } from "./PersonAsks.tsx";
import { PersonDone } from "./PersonDone.tsx";
import { PersonFamily, useKnown } from "./PersonFamily.tsx";
import { people } from "./peopleWords.ts";
import { type Draft, lastWord, type PersonRow, PURPOSES, type Purpose, type Relative } from "./person.ts";
import { Visits } from "./Visits.tsx";

type Deed = "person.update" | "person.record_consent" | "person.link_family";
type Over =
  | { what: "correct" | "relative" }
  | { what: "merge"; alike: string }
  | { what: "unlink"; relative: Relative }
  | { what: "record" | "takeBack"; purpose: Purpose }
  | null;

/** One person: what is kept that the desk may see, and what they may ask for. */
export function PersonPage(props: {
  person: PersonRow;
  onBack(): void;
  onSee(id: string): void;
  /** Something was saved: they are to be looked up again. */
  onChanged(): void;
  onMerged(kept: PersonRow): void;
  onErased(): void;
}) {
  const { person, onChanged } = props;
  const say = useWords(people);
  const client = useClient();
  const state = useClientState();
  const role = state.session.user?.role;
  const [over, setOver] = useState<Over>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    heading.current?.focus();
    return () => {
      here.current = false;
    };
  }, []);
  const waits = state.pending.some(
    (one) =>
      one.mine && one.data.person === person.id && (one.state === "waiting" || one.state === "sending"),
  );
  function act(type: Deed, data: object, saw?: Record<string, unknown>) {
    const { settled } = client.act(type, { ...data, person: person.id }, { optimistic: false, saw });
    void settled.then((outcome) => here.current && outcome.status !== "rejected" && onChanged());
  }
  return (
    <>
      <div className="person-head">
        <h3 ref={heading} tabIndex={-1}>
          <Name>{person.name}</Name>
        </h3>
        {waits && (
          <Chip tone="heed" icon="send" kind="quiet">
            {say("willSend")}
          </Chip>
        )}
        <Button also="push" icon="users" onClick={() => setOver({ what: "merge", alike: "" })}>
          {say("sameAs")}
        </Button>
        <Button kind="bare" onClick={props.onBack}>
          {say("back")}
        </Button>
      </div>
      {person.alike && (
        <Notice tone="heed" icon="users" title={say("alike")}>
          <p>{say("alikeWhy")}</p>
          <p className="actions">
            <Button onClick={() => setOver({ what: "merge", alike: person.alike ?? "" })}>
              {say("lookAtBoth")}
            </Button>
            <Button kind="bare" onClick={() => act("person.update", { distinct: true })}>
              {say("areTwo")}
            </Button>
          </p>
        </Notice>
      )}
      <Kept person={person} onCorrect={() => setOver({ what: "correct" })} />
      <PersonFamily
        person={person}
        onSee={props.onSee}
        onAdd={() => setOver({ what: "relative" })}
        onRemove={(relative) => setOver({ what: "unlink", relative })}
      />
      <Consents person={person} onOver={setOver} />
      {role === "admin" && <PersonAsks person={person} onErased={props.onErased} />}
      {role === "admin" && <PersonDone person={person} />}
      {over?.what === "merge" && (
        <MergePanel
          person={person}
          alike={over.alike}
          onMerged={props.onMerged}
          onClose={() => setOver(null)}
        />
      )}
      {over?.what === "relative" && (
        <FamilyPanel
          person={person}
          onSave={(link) => act("person.link_family", link)}
          onClose={() => setOver(null)}
        />
      )}
      {over?.what === "unlink" && (
        <Sure
          title={say("unlinkTitle", {
            relative: over.relative.name || say("nameUnknown"),
            person: person.name,
          })}
          why={say("unlinkWhy")}
          does={say("relativeRemove")}
          calm
          onDo={() => act("person.link_family", { relative: over.relative.person, unlink: true })}
          onClose={() => setOver(null)}
        />
      )}
      {over?.what === "correct" && (
        <CorrectPanel
          person={person}
          draft={draft}
          onDraft={setDraft}
          onSave={({ data, saw }) => {
            setDraft(null);
            act("person.update", data, saw);
          }}
          onClose={() => setOver(null)}
        />
      )}
      {over?.what === "record" && (
        <ConsentPanel
          person={person}
          purpose={over.purpose}
          onSave={(data) => act("person.record_consent", data)}
          onClose={() => setOver(null)}
        />
      )}
      {over?.what === "takeBack" && (
        <Sure
          title={say("takeBackTitle", { purpose: say(`purpose.${over.purpose}`) })}
          why={say("takeBackWhy")}
          does={say("takeBack")}
          calm
          onDo={() => act("person.record_consent", { purpose: over.purpose, withdrawn: true })}
          onClose={() => setOver(null)}
        />
      )}
    </>
  );
}

function Kept(props: { person: PersonRow; onCorrect(): void }) {
  const { person } = props;
  const say = useWords(people);
  const known = useKnown();
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const when = (at: string | null | undefined) =>
    at ? `${dayAndDate(at, lang, zone)} ${new Date(at).getFullYear()}` : "";
  const facts: [string, ReactNode][] = [
    [say("phone"), inFives(person.phone ?? "")],
    [say("phones"), (person.phones ?? []).map(inFives).join(", ")],
    [say("birthYear"), person.birthYear],
    [say("gender"), person.gender && known("gender", person.gender)],
    [say("place"), person.place && <Name>{person.place}</Name>],
    [say("language"), person.language && (LANG_NAMES[person.language as Lang] ?? person.language)],
    [say("guardian"), person.guardian && <Name>{person.guardian}</Name>],
    [say("registered"), when(person.registeredAt)],
  ];
  return (
    <section className="card dossier" aria-labelledby="kept">
      <header>
        <h4 id="kept">{say("kept")}</h4>
        <span className="soft note">{say("noHealth")}</span>
        <Button also="push" onClick={props.onCorrect}>
          {say("correct")}
        </Button>
      </header>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value || <span className="soft">{say("notTold")}</span>}</dd>
          </div>
        ))}
        {person.upcoming.length > 0 && (
          <div>
            <dt>{say("upcoming")}</dt>
            {person.upcoming.map((one) => (
              <dd key={one.id}>
                {one.slot && `${dayAndDate(one.slot, lang, zone)}, ${clock(one.slot, zone)}`}
              </dd>
            ))}
          </div>
        )}
        {person.visits.length > 0 && (
          <div className="wide">
            <dt>{say("visits")}</dt>
            <dd>
              <Visits person={person} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function Consents({ person, onOver }: { person: PersonRow; onOver(over: Over): void }) {
  const say = useWords(people);
  const { lang } = useLanguage();
  const { zone } = usePlace();
  return (
    <section className="card dossier" aria-labelledby="consents">
      <header>
        <h4 id="consents">{say("consents")}</h4>
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say("whatFor")}</th>
            <th scope="col">{say("theySaid")}</th>
            <th scope="col">
              <span className="unseen">{say("record")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {PURPOSES.map((purpose) => {
            const last = lastWord(person, purpose);
            const what = say(`purpose.${purpose}`);
            const doing = last?.given ? "takeBack" : "record";
            return (
              <tr key={purpose}>
                <th scope="row">{what}</th>
                <td>
                  {last ? (
                    <Chip
                      tone={last.given ? "flow" : "rest"}
                      icon={last.given ? "check" : "undo"}
                      kind="quiet"
                    >
                      {say(last.given ? "given" : "withdrawn")}
                    </Chip>
                  ) : (
                    <span className="soft">{say("neverAsked")}</span>
                  )}
                  {last && (
                    <span className="soft note">
                      {" "}
                      {last.at && dayAndDate(last.at, lang, zone)}
                      {last.notice && ` · ${say("noticeOf", { version: last.notice })}`}
                    </span>
                  )}
                </td>
                <td>
                  <Button
                    aria-label={`${say(doing)}: ${what}`}
                    onClick={() => onOver({ what: doing, purpose })}
                  >
                    {say(doing)}
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
