import type { Client } from "@sangam/sdk";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Name, Notice } from "../blocks/small.tsx";
import type { Say } from "../words/catalogue.ts";
import { entry } from "../words/entry.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { failureOf, type StaffName } from "./door.ts";
import { initial, useRoleWord } from "./names.ts";
import { useNow } from "./now.ts";

/** What a node may leave unsaid in a lock-out. */
const LOCK_MS = 30_000;

type Trouble = { kind: "wrong" } | { kind: "locked"; until: number } | { kind: "said"; why: string };

export interface PinProps {
  client: Client;
  person: StaffName;
  admin?: string | undefined;
  onElse(): void;
  onIn(): void;
}

/** One real field, so that a keyboard and a password manager fill it; the pad types into it. */
export function Pin({ client, person, admin, onElse, onIn }: PinProps) {
  const say = useWords(entry);
  const roleWord = useRoleWord();
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const [forgot, setForgot] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const field = useRef<HTMLInputElement>(null);
  const now = useNow(250);
  const lockedMs = trouble?.kind === "locked" ? trouble.until - now : 0;
  const locked = lockedMs > 0;
  const newPin = admin ? say("newPinBy", { name: admin }) : say("newPinAdmin");

  // A touch screen would cover half of the pad with its own keyboard.
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, []);

  function tryPin(event: FormEvent) {
    event.preventDefault();
    if (busy || locked || !pin) return;
    setBusy(true);
    client
      .signIn({ user: person.id, pin })
      .then(onIn, (error: unknown) => {
        setPin("");
        setTrouble(troubleOf(error, say));
        field.current?.focus({ preventScroll: true });
      })
      .finally(() => setBusy(false));
  }

  function press(digit: string) {
    setTrouble((was) => (was?.kind === "locked" ? was : undefined));
    setPin((typed) => typed + digit);
  }

  return (
    <section className="ask" aria-labelledby="pin-of">
      <div className="unlock">
        <form id="pin-form" autoComplete="on" onSubmit={tryPin}>
          <div className="chosen">
            <span className="face" aria-hidden="true">
              <Name>{initial(person.name)}</Name>
            </span>
            <div>
              <h1 id="pin-of">
                <Name>{person.name}</Name>
              </h1>
              <p className="soft">{roleWord(person.role)}</p>
            </div>
          </div>
          <input
            className="unseen"
            tabIndex={-1}
            aria-hidden="true"
            name="username"
            autoComplete="username"
            readOnly
            value={person.name}
          />
          <label className="pin">
            <span className="label">{say("pin")}</span>
            <span className={trouble?.kind === "wrong" ? "field wrong" : "field"}>
              <input
                ref={field}
                type="password"
                name="password"
                autoComplete="current-password"
                value={pin}
                placeholder={say("pinHint")}
                disabled={locked}
                onChange={(event) => setPin(event.currentTarget.value)}
                {...(trouble?.kind === "wrong"
                  ? { "aria-invalid": true, "aria-describedby": "said-wrong" }
                  : {})}
              />
            </span>
          </label>
          {locked ? <Locked ms={lockedMs} newPin={newPin} /> : <Said trouble={trouble} />}
          {forgot && !locked && (
            <Notice tone="rest" icon="key" title={say("forgot")}>
              {newPin}
            </Notice>
          )}
          <p className="actions">
            <Button kind="bare" onClick={onElse}>
              {say("someoneElse")}
            </Button>
            <Button kind="bare" onClick={() => setForgot(true)} aria-expanded={forgot}>
              {say("forgot")}
            </Button>
          </p>
        </form>
        <Pad disabled={locked} onDigit={press} onBack={() => setPin((typed) => typed.slice(0, -1))} />
      </div>
    </section>
  );
}

function troubleOf(error: unknown, say: Say<(typeof entry)["phrases"]>): Trouble {
  const failure = failureOf(error);
  switch (failure.code) {
    case "locked_out":
    case "rate_limited":
      return { kind: "locked", until: Date.now() + (failure.retryAfterMs ?? LOCK_MS) };
    case "unauthenticated":
    case "forbidden":
      return { kind: "wrong" };
    case "no_answer":
      return { kind: "said", why: say("noAnswer") };
  }
  return { kind: "said", why: say("refused", { why: failure.message }) };
}

function Locked({ ms, newPin }: { ms: number; newPin: string }) {
  const say = useWords(entry);
  const common = useCommon();
  return (
    <div className="notice rest" role="status">
      <Icon name="lock" /> <strong>{say("locked")}</strong>
      <p className="left" aria-live="off">
        {span(ms + 999, common)}
      </p>
      <p>
        {say("lockedThen")} {newPin}
      </p>
    </div>
  );
}

function Said({ trouble }: { trouble: Trouble | undefined }) {
  const say = useWords(entry);
  if (!trouble || trouble.kind === "locked") {
    return (
      <p className="soft">
        <Icon name="keyboard" /> {say("pinKeys")}
      </p>
    );
  }
  return (
    <p className="alarm said" id="said-wrong" role="alert">
      <Icon name="triangle-alert" /> {trouble.kind === "wrong" ? say("wrongPin") : trouble.why}
    </p>
  );
}

function Pad(props: { disabled: boolean; onDigit(digit: string): void; onBack(): void }) {
  const say = useWords(entry);
  const digit = (d: string) => (
    <Button key={d} disabled={props.disabled} onClick={() => props.onDigit(d)}>
      {d}
    </Button>
  );
  return (
    <fieldset className="pad" aria-label={say("digits")}>
      {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(digit)}
      <Button
        disabled={props.disabled}
        onClick={props.onBack}
        aria-label={say("takeBack")}
        icon="backspace"
      />
      {digit("0")}
      <Button
        {...(props.disabled ? {} : { kind: "main" as const })}
        disabled={props.disabled}
        type="submit"
        form="pin-form"
        aria-label={say("signIn")}
        icon="arrow-right"
      />
    </fieldset>
  );
}
