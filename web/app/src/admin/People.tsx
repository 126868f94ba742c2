import { useCallback, useEffect, useRef, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { useWords } from "../words/Language.tsx";
import { type Found, useLook } from "./looking.ts";
import { PersonPage } from "./PersonPage.tsx";
import { people } from "./peopleWords.ts";
import type { PersonRow } from "./person.ts";
import { Seek } from "./Seek.tsx";
import { Unfound } from "./Unfound.tsx";
import "./table.css";
import "./people.css";

/** Why the page tells of a change: what became of whom. */
type Done = { what: "erased" } | { what: "merged"; name: string } | null;

/** What somebody may ask of the clinic about themselves. */
export function People() {
  const say = useWords(people);
  return (
    <>
      <header>
        <div>
          <h2>{say("people")}</h2>
          <p>{say("peopleHow")}</p>
        </div>
      </header>
      <Finder />
    </>
  );
}

/** Finds people, and opens one; `first` is who is open at once. Nothing of who is looked up stays in this browser. */
export function Finder({ first = "" }: { first?: string }) {
  const say = useWords(people);
  const { failed, look, drop } = useLook();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [open, setOpen] = useState<PersonRow | null>(null);
  const [done, setDone] = useState<Done>(null);
  const [opening, setOpening] = useState(first !== "");
  const form = useRef<HTMLFormElement>(null);
  const focusSearch = () => form.current?.querySelector("input")?.focus();
  /** Someone as the box knows them now. */
  const see = useCallback(
    (id: string) =>
      look(id, ({ people: [person] }) => {
        setOpen(person ?? null);
        setOpening(false);
      }),
    [look],
  );
  useEffect(() => {
    if (first) see(first);
    else form.current?.querySelector("input")?.focus();
  }, [first, see]);

  function search(text: string) {
    setAsked(text);
    setFound(null);
    setOpen(null);
    setDone(null);
    setOpening(false);
    if (text) look(text, setFound);
  }
  function back() {
    search(asked);
    focusSearch();
  }
  function forget() {
    drop();
    setOpen(null);
    setFound(null);
    setAsked("");
    setTyped("");
    setDone({ what: "erased" });
    focusSearch();
  }
  return (
    <>
      <Seek typed={typed} onType={setTyped} onSearch={search} form={form}>
        <a className="button bare push" href="/notice" target="_blank" rel="noreferrer">
          <Icon name="file-text" /> {say("notice")}
        </a>
      </Seek>
      {failed && (
        <Unfound failed={failed} onRetry={() => (open || !asked ? see(open?.id ?? first) : search(asked))} />
      )}
      {done?.what === "erased" && (
        <Notice tone="flow" icon="check" title={say("erased")}>
          {say("erasedWhy")}
        </Notice>
      )}
      {done?.what === "merged" && (
        <Notice tone="flow" icon="check" title={say("merged")}>
          {say("mergedWhy", { name: done.name })}
        </Notice>
      )}
      {open ? (
        <PersonPage
          key={open.id}
          person={open}
          onBack={back}
          onSee={(id) => {
            setDone(null);
            see(id);
          }}
          onChanged={() => see(open.id)}
          onMerged={(kept) => {
            setDone({ what: "merged", name: kept.name });
            see(kept.id);
          }}
          onErased={forget}
        />
      ) : (
        !failed &&
        (opening ? <Bones /> : <List asked={asked} found={found} onOpen={setOpen} quiet={done !== null} />)
      )}
    </>
  );
}

function List(props: {
  asked: string;
  found: Found | null;
  quiet: boolean;
  onOpen(person: PersonRow): void;
}) {
  const say = useWords(people);
  const { asked, found, onOpen } = props;
  if (!asked)
    return props.quiet ? null : (
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
