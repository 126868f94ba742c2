import type { QueueEntry } from "@sangam/sdk";
import { type CSSProperties, useCallback, useEffect, useRef, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useWords } from "../words/Language.tsx";
import { patient } from "./words.ts";

/** So long nothing has left the phone yet, and staying costs nothing. */
export const GRACE_MS = 8000;

export interface Leaving {
  /** When it goes (ms since 1970, this phone's clock); null while nobody asked to leave. */
  goesAt: number | null;
  go(): void;
  stay(): void;
}

/** Leaving goes out after a grace; at once when the phone is put away, since then nobody changes their mind here. */
export function useLeaving(entryId: string | undefined): Leaving {
  const client = useClient();
  const [goesAt, setGoesAt] = useState<number | null>(null);
  const gone = useRef(false);
  const stay = useCallback(() => setGoesAt(null), []);
  const go = useCallback(() => {
    gone.current = false;
    setGoesAt(Date.now() + GRACE_MS);
  }, []);
  useEffect(() => {
    if (goesAt === null || entryId === undefined) return;
    const leave = () => {
      if (gone.current) return;
      gone.current = true;
      client.act("queue.leave", { entry: entryId });
      setGoesAt(null);
    };
    const hidden = () => document.visibilityState === "hidden" && leave();
    const timer = setTimeout(leave, goesAt - Date.now());
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [client, entryId, goesAt]);
  return { goesAt, go, stay };
}

/** Leaving is asked back once, can be taken back, and what became of it is said where it was asked. */
export function Leave({ entry, leaving }: { entry: QueueEntry; leaving: Leaving }) {
  const called = entry.status === "called";
  const say = useWords(patient);
  const client = useClient();
  const state = useClientState();
  const [asking, setAsking] = useState(false);
  const stayed = useRef(false);
  const door = useRef<HTMLDivElement>(null);
  // Who took it back is where they were before.
  useEffect(() => {
    if (leaving.goesAt !== null) stayed.current = true;
    else if (stayed.current) {
      stayed.current = false;
      door.current?.querySelector("button")?.focus();
    }
  }, [leaving.goesAt]);
  const act = state.pending.find((one) => one.type === "queue.leave" && one.data.entry === entry.id);
  if (leaving.goesAt !== null) return <Countdown goesAt={leaving.goesAt} onStay={leaving.stay} />;
  if (act?.state === "rejected") {
    return (
      <Notice tone="alarm" icon="triangle-alert" title={say("leaveRefused")} loud>
        <p className="actions">
          <Button onClick={() => client.discard(act.id)}>{say("stay")}</Button>
        </p>
      </Notice>
    );
  }
  if (act) {
    return (
      <div className="leaving">
        <p className="heed said" role="status">
          <Icon name="send" /> {say("leaveWillSend")}
        </p>
        {act.state === "waiting" && (
          <Button icon="undo" onClick={() => client.discard(act.id)}>
            {say("stayIn")}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div className="leaving" ref={door}>
      <Button kind="bare" onClick={() => setAsking(true)}>
        {say(called ? "cannotCome" : "cannotWait")}
      </Button>
      {asking && (
        <Panel
          title={say("leaveTitle")}
          onClose={() => setAsking(false)}
          foot={
            <>
              <Button onClick={() => setAsking(false)}>{say("stay")}</Button>
              <Button
                kind="main"
                also="push"
                onClick={() => {
                  setAsking(false);
                  leaving.go();
                }}
              >
                {say("leaveDo")}
              </Button>
            </>
          }
        >
          <p>{say("leaveWhy")}</p>
        </Panel>
      )}
    </div>
  );
}

/** It says once that it goes; the seconds are to be seen only, a screen reader need not hear each. */
function Countdown({ goesAt, onStay }: { goesAt: number; onStay(): void }) {
  const say = useWords(patient);
  const left = Math.max(0, goesAt - useNow(250));
  const block = useRef<HTMLDivElement>(null);
  // Where the finger or the key was is gone; the way back is in reach, and in sight on a small phone.
  useEffect(() => block.current?.querySelector("button")?.focus(), []);
  return (
    <div className="leaving" ref={block}>
      <p className="heed said" role="status">
        <Icon name="send" /> {say("leavingNow")}
      </p>
      <span
        className="meter"
        aria-hidden="true"
        style={{ "--left": `${Math.round((100 * left) / GRACE_MS)}%` } as CSSProperties}
      />
      <Button icon="undo" onClick={onStay}>
        {say("stayIn")}
      </Button>
    </div>
  );
}
