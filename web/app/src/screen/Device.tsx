import type { Client, Pairing } from "@sangam/sdk";
import { type CSSProperties, type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { Field, LanguageChoice } from "../blocks/choices.tsx";
import { Button, Chip, Notice } from "../blocks/small.tsx";
import { STAFF_LANGS } from "../words/catalogue.ts";
import { device } from "../words/device.ts";
import { entry } from "../words/entry.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { failureOf } from "./door.ts";
import { useNames } from "./names.ts";
import { useNow } from "./now.ts";

export interface DeviceProps {
  client: Client;
  kind: "kiosk" | "board";
  place: string;
}

/** A device asks to be let in and shows its code until an admin approves; then it goes on by itself. */
export function Device({ client, kind, place }: DeviceProps) {
  const say = useWords(device);
  const said = useWords(entry);
  const common = useCommon();
  const now = useNow(1000);
  const [typing, setTyping] = useState(false);
  const { asked, trouble, again } = useAsking(client, kind, said(kind));
  const admins = useNames(client)?.filter((one) => one.role === "admin") ?? [];
  return (
    <section className="ask" aria-labelledby="code">
      <h1 id="code">{say("letIn")}</h1>
      <p>{say("letInWhy", { place: place || "Sangam" })}</p>
      {asked && (
        <p className="code" style={{ "--letters": asked.code.length } as CSSProperties}>
          {asked.code}
        </p>
      )}
      {asked && !trouble && (
        <p>
          <Chip tone="heed" icon="hourglass">
            {admins.length === 1 ? say("waitingFor", { name: admins[0]?.name ?? "" }) : say("waitingAdmin")}
          </Chip>{" "}
          <span className="soft">
            {say("askedAgo", { ago: common("ago", { span: span(now - asked.at, common) }) })}
          </span>
        </p>
      )}
      {trouble?.kind === "refused" && <Notice tone="rest" icon="lock" title={say("askRefused")} />}
      {trouble?.kind === "said" && (
        <Notice tone="rest" icon="hourglass" title={said("refused", { why: trouble.why })} />
      )}
      {trouble?.kind === "unreachable" && <Notice tone="rest" icon="cloud-off" title={said("askNotYet")} />}
      {typing && <PairCode client={client} />}
      <div className="foot">
        <span className="actions">
          <Button onClick={again}>{say("askAgain")}</Button>
          {!typing && (
            <Button kind="bare" icon="key" onClick={() => setTyping(true)}>
              {say("haveCode")}
            </Button>
          )}
        </span>
        <LanguageChoice among={STAFF_LANGS} />
      </div>
    </section>
  );
}

function PairCode({ client }: { client: Client }) {
  const say = useWords(device);
  const said = useWords(entry);
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  function claim(event: FormEvent) {
    event.preventDefault();
    client.signInWithPairCode(code.trim()).catch((error: unknown) => {
      setWrong(failureOf(error).code === "no_answer" ? said("noAnswer") : say("pairWrong"));
    });
  }
  return (
    <form className="form" ref={form} onSubmit={claim}>
      <Field
        label={say("pairCode")}
        value={code}
        wrong={wrong}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!code.trim()}>
        {say("pairGo")}
      </Button>
    </form>
  );
}

type Trouble = { kind: "refused" | "unreachable" } | { kind: "said"; why: string };
const AGAIN_MS = 3000;

/** Asks, and asks anew when the box was not there; the client goes on by itself once an admin approved. */
function useAsking(client: Client, kind: string, name: string) {
  const [asked, setAsked] = useState<{ code: string; at: number }>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    let pairing: Pairing | undefined;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const failed = (error: unknown) => {
      if (gone) return;
      const failure = failureOf(error);
      if (failure.code === "forbidden") return setTrouble({ kind: "refused" });
      if (failure.code === "no_answer") setTrouble({ kind: "unreachable" });
      else if (failure.code !== "not_found") setTrouble({ kind: "said", why: failure.message });
      timer = setTimeout(again, Math.max(AGAIN_MS, failure.retryAfterMs ?? 0));
    };
    client.pairDevice({ kind, name: askedName() ?? name }).then((made) => {
      made.approved.catch(failed);
      if (gone) return made.cancel();
      pairing = made;
      setTrouble(undefined);
      setAsked({ code: made.code, at: Date.now() });
    }, failed);
    return () => {
      gone = true;
      clearTimeout(timer);
      pairing?.cancel();
    };
  }, [client, kind, round]);
  return { asked, trouble, again };
}

/** Whoever hangs up the screen may name it in the address: /board?name=Hall. */
const askedName = () => new URLSearchParams(location.search).get("name");
