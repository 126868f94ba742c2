import type { Client } from "@sangam/sdk";
import { type FormEvent, type ReactNode, useState } from "react";
import { Field, LanguageChoice } from "../blocks/choices.tsx";
import { Button, Empty, Name } from "../blocks/small.tsx";
import { STAFF_LANGS } from "../words/catalogue.ts";
import { entry } from "../words/entry.ts";
import { useWords } from "../words/Language.tsx";
import type { StaffName } from "./door.ts";
import { countUse, mostUsedFirst } from "./habits.ts";
import { initial, useNames, useRoleWord } from "./names.ts";
import { Pin } from "./Pin.tsx";

const SHOWN = 8;
export interface SignInProps {
  client: Client;
  /** Who may use this screen; others are not listed. Empty: everybody. */
  roles: readonly string[];
  /** Chosen already, by a link from the first page. */
  chosen?: string | undefined;
}

/** Names, then the PIN of the chosen one. */
export function SignIn({ client, roles, chosen }: SignInProps) {
  const names = useNames(client);
  const [who, setWho] = useState<string | undefined>(chosen);
  // A node on the internet does not list its people: they type their name.
  const hidden = names?.length === 0;
  const person = hidden && who ? { id: who, name: who, role: "" } : names?.find((one) => one.id === who);
  if (person) {
    const admin = names?.find((one) => one.role === "admin");
    return (
      <Pin
        client={client}
        person={person}
        admin={admin && admin.id !== person.id ? admin.name : undefined}
        onElse={() => setWho(undefined)}
        onIn={() => hidden || countUse(person.id)}
      />
    );
  }
  if (hidden) return <TypedName onChoose={setWho} />;
  const listed = names?.filter((one) => roles.length === 0 || roles.includes(one.role));
  return <Names names={listed} onChoose={setWho} />;
}

function TypedName({ onChoose }: { onChoose(name: string): void }) {
  const say = useWords(entry);
  const [name, setName] = useState("");
  function go(event: FormEvent) {
    event.preventDefault();
    if (name.trim()) onChoose(name.trim());
  }
  return (
    <section className="ask" aria-labelledby="who">
      <h1 id="who">{say("whoAreYou")}</h1>
      <form className="form" onSubmit={go}>
        <Field
          label={say("yourName")}
          value={name}
          autoComplete="username"
          spellCheck={false}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button kind="main" type="submit" disabled={!name.trim()}>
          {say("goOn")}
        </Button>
      </form>
      <div className="foot">
        <span />
        <LanguageChoice among={STAFF_LANGS} />
      </div>
    </section>
  );
}

export function Names(props: {
  names: StaffName[] | undefined;
  onChoose(id: string): void;
  foot?: ReactNode;
}) {
  const say = useWords(entry);
  const roleWord = useRoleWord();
  const [all, setAll] = useState(false);
  const names = mostUsedFirst(props.names ?? []);
  const shown = all || names.length <= SHOWN ? names : names.slice(0, SHOWN - 1);
  return (
    <section className="ask" aria-labelledby="who">
      <h1 id="who">{say("whoAreYou")}</h1>
      <p>{say("oftenFirst")}</p>
      {props.names?.length === 0 && (
        <Empty icon="lock" title={say("nobodyYet")}>
          {say("nobodyYetWhy")}
        </Empty>
      )}
      <ul className="names">
        {shown.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => props.onChoose(one.id)}>
              <span className="face" aria-hidden="true">
                <Name>{initial(one.name)}</Name>
              </span>
              <strong>
                <Name>{one.name}</Name>
              </strong>
              <span className="soft">{roleWord(one.role)}</span>
            </button>
          </li>
        ))}
      </ul>
      {props.foot}
      <div className="foot">
        {shown.length < names.length ? (
          <Button kind="bare" icon="search" onClick={() => setAll(true)}>
            {say("morePeople", { n: names.length - shown.length })}
          </Button>
        ) : (
          <span />
        )}
        <LanguageChoice among={STAFF_LANGS} />
      </div>
    </section>
  );
}
