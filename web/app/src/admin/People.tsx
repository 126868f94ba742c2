import type { Shape } from "@sangam/sdk";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Icon } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { useClient } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";
import { useWords } from "../words/Language.tsx";
import { PersonPage } from "./PersonPage.tsx";
import { people } from "./peopleWords.ts";
import { lookable, type PersonRow } from "./person.ts";
import "./site.css";

type Found = Shape<"People">;
interface Failed {
  code: string;
  message: string;
}

/** What somebody may ask of the clinic about themselves. Nothing of who is looked up stays in this browser. */
export function People() {
  const say = useWords(people);
  const client = useClient();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const [short, setShort] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [open, setOpen] = useState<PersonRow | null>(null);
  const [erased, setErased] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const turn = useRef(0);
  const focusSearch = () => form.current?.querySelector("input")?.focus();
  useEffect(focusSearch, []);

  /** Looks for people; the answer to an earlier question is dropped. */
  function look(text: string, then: (answer: Found) => void) {
    const own = ++turn.current;
    setFailed(null);
    client.request<Found>("GET", `/api/v1/people?${new URLSearchParams({ q: text })}`).then(
      (answer) => own === turn.current && then(answer),
      (error) => own === turn.current && setFailed(failureOf(error)),
    );
  }
  function search(text: string) {
    setAsked(text);
    setFound(null);
    setOpen(null);
    setErased(false);
    look(text, setFound);
  }
  function go(event: FormEvent) {
    event.preventDefault();
    setShort(!lookable(typed));
    if (lookable(typed)) search(typed.trim());
  }
  /** Someone as the box knows them now. */
  const see = (id: string) => look(id, ({ people: [person] }) => setOpen(person ?? null));
  function back() {
    search(asked);
    focusSearch();
  }
  function forget() {
    turn.current++;
    setOpen(null);
    setFound(null);
    setAsked("");
    setTyped("");
    setErased(true);
    focusSearch();
  }
  return (
    <>
      <header>
        <div>
          <h2>{say("people")}</h2>
          <p>{say("peopleHow")}</p>
        </div>
      </header>
      <form className="seek" ref={form} onSubmit={go} noValidate>
        <Field
          label={say("find")}
          labelUnseen
          icon="search"
          type="search"
          autoComplete="off"
          placeholder={say("find")}
          maxLength={200}
          value={typed}
          wrong={short && say("tooShort")}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button kind="main" type="submit">
          {say("search")}
        </Button>
        <a className="button bare push" href="/notice" target="_blank" rel="noreferrer">
          <Icon name="file-text" /> {say("notice")}
        </a>
      </form>
      {failed && <Unfound failed={failed} onRetry={() => (open ? see(open.id) : search(asked))} />}
      {erased && (
        <Notice tone="flow" icon="check" title={say("erased")}>
          {say("erasedWhy")}
        </Notice>
      )}
      {open ? (
        <PersonPage
          key={open.id}
          person={open}
          onBack={back}
          onSee={see}
          onChanged={() => see(open.id)}
          onErased={forget}
        />
      ) : (
        !failed && <List asked={asked} found={found} onOpen={setOpen} erased={erased} />
      )}
    </>
  );
}

function Unfound({ failed, onRetry }: { failed: Failed; onRetry(): void }) {
  const say = useWords(people);
  if (failed.code === "forbidden")
    return (
      <Empty icon="lock" title={say("locked")}>
        {say("lockedWhy")}
      </Empty>
    );
  const unheard = failed.code === "no_answer";
  const busy = failed.code === "unavailable" || failed.code === "rate_limited";
  const [title, why] = unheard
    ? [say("unheard"), say("unheardWhy")]
    : busy
      ? [say("busy"), say("busyWhy")]
      : [say("notDone"), failed.message];
  return (
    <Notice
      tone={unheard ? "rest" : busy ? "heed" : "alarm"}
      icon={unheard ? "cloud-off" : busy ? "clock" : "triangle-alert"}
      loud
      title={title}
    >
      <p>{why}</p>
      <p className="actions">
        <Button onClick={onRetry}>{say("retry")}</Button>
      </p>
    </Notice>
  );
}

function List(props: {
  asked: string;
  found: Found | null;
  erased: boolean;
  onOpen(person: PersonRow): void;
}) {
  const say = useWords(people);
  const { asked, found, onOpen } = props;
  if (!asked)
    return props.erased ? null : (
      <Empty icon="user" title={say("start")}>
        {say("startWhy")}
      </Empty>
    );
  if (!found) return <Bones />;
  if (found.people.length === 0)
    return (
      <Empty icon="user-x" title={say("nobody", { text: asked })}>
        {say("nobodyWhy")}
      </Empty>
    );
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say("name")}</th>
            <th scope="col">{say("phone")}</th>
            <th scope="col">{say("birthYear")}</th>
            <th scope="col">{say("place")}</th>
            <th scope="col">
              <span className="unseen">{say("open")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.people.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Name>{one.name}</Name>
              </th>
              <td>{inFives(one.phone ?? "")}</td>
              <td>{one.birthYear}</td>
              <td>{one.place && <Name>{one.place}</Name>}</td>
              <td>
                <Button aria-label={`${say("open")}: ${one.name}`} onClick={() => onOpen(one)}>
                  {say("open")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.more && <p className="soft note">{say("more")}</p>}
    </>
  );
}
