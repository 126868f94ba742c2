import { gurujisOf, type Outcome } from "@sangam/sdk";
import { type Dispatch, type FormEvent, type SetStateAction, useState } from "react";
import { useWhy } from "../blocks/actions.ts";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Chip, Name, Token } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient, useClientState, useDataAge, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";
import { clock } from "../words/times.ts";
import { type Group, NO_GROUP } from "./draft.ts";
import { askedFor, type Expected, expectedToday, MOST } from "./group.ts";
import { groups } from "./groupWords.ts";

interface Given {
  id: string;
  name: string;
  outcome: Outcome<"queue.check_in"> | null;
}

interface GroupProps {
  group: Group;
  setGroup: Dispatch<SetStateAction<Group>>;
  onClose(): void;
}

/** Several who came together: ticked among those expected, or typed one a line. Each gets a token of their own. */
export function GroupPanel(props: GroupProps) {
  const { group, setGroup, onClose } = props;
  const say = useWords(groups);
  const words = useWords(desk);
  const client = useClient();
  const expected = expectedToday(useClientState());
  const { offline } = useDataAge();
  const [given, setGiven] = useState<readonly Given[] | null>(null);
  const asked = askedFor(group, expected);
  function go(event: FormEvent) {
    event.preventDefault();
    if (asked.length === 0) return;
    setGiven(asked.map((one) => follow(one.name, client.act(one.type, one.data))));
    setGroup(NO_GROUP);
  }
  function follow(name: string, act: { id: string; settled: Promise<Outcome> }): Given {
    void act.settled.then((outcome) =>
      setGiven(
        (now) =>
          now?.map((one) => (one.id === act.id ? { ...one, outcome: outcome as Given["outcome"] } : one)) ??
          null,
      ),
    );
    return { id: act.id, name, outcome: null };
  }
  if (given) {
    return (
      <Panel
        also="checkin"
        key="given"
        title={say("given")}
        onClose={onClose}
        foot={
          <>
            <span className="push" />
            <Button onClick={() => setGiven(null)}>{say("more")}</Button>
            <Button kind="main" icon="check" data-first="" onClick={onClose}>
              {say("done")}
            </Button>
          </>
        }
      >
        <ol className="group-list" aria-live="polite">
          {given.map((one) => (
            <Answer key={one.id} one={one} />
          ))}
        </ol>
      </Panel>
    );
  }
  return (
    <Panel
      also="checkin"
      key="who"
      title={say("several")}
      onClose={onClose}
      foot={
        <>
          <span className="soft note">{say(offline ? "savedHere" : "eachOwn")}</span>
          <span className="push" />
          <Button onClick={onClose}>{words("cancel")}</Button>
          <Button kind="main" icon="check" type="submit" form="group" disabled={asked.length === 0}>
            {asked.length > 0 ? say("giveTokens", { count: asked.length }) : say("giveThem")}
          </Button>
        </>
      }
    >
      <form id="group" className="two" onSubmit={go}>
        <Expectations {...props} expected={expected} />
        <Typing {...props} />
      </form>
    </Panel>
  );
}

function Answer({ one }: { one: Given }) {
  const say = useWords(pending);
  const why = useWhy();
  const { outcome } = one;
  return (
    <li>
      <Token>{outcome && outcome.status !== "rejected" ? outcome.data.token : "–"}</Token>
      <span className="name">
        <Name>{one.name}</Name>
      </span>
      {!outcome ? (
        <Chip tone="heed" icon="send" kind="quiet">
          {say("willSend")}
        </Chip>
      ) : outcome.status === "rejected" ? (
        <span>
          <Chip tone="alarm" icon="triangle-alert">
            {say("refused")}
          </Chip>{" "}
          <span className="soft">{why(outcome)}</span>
        </span>
      ) : (
        <Chip tone="flow" icon="check" kind="quiet">
          {say("saved")}
        </Chip>
      )}
    </li>
  );
}

function Expectations({ group, setGroup, expected }: GroupProps & { expected: readonly Expected[] }) {
  const say = useWords(groups);
  const all = expected.length > 0 && expected.every((one) => group.ticked.has(one.id));
  function tick(ids: readonly string[], on: boolean) {
    const ticked = new Set(group.ticked);
    for (const id of ids) {
      if (on) ticked.add(id);
      else ticked.delete(id);
    }
    setGroup({ ...group, ticked });
  }
  return (
    <fieldset className="set expected">
      <legend>{say("expected")}</legend>
      {expected.length === 0 ? (
        <p className="soft">{say("nobodyExpected")}</p>
      ) : (
        <>
          <label className="tickline all">
            <input
              type="checkbox"
              checked={all}
              data-first=""
              onChange={(event) =>
                tick(
                  expected.map((one) => one.id),
                  event.currentTarget.checked,
                )
              }
            />
            <strong>{say("everybody", { count: expected.length })}</strong>
          </label>
          {expected.map((one) => (
            <Tick key={one.id} one={one} on={group.ticked.has(one.id)} onTick={(on) => tick([one.id], on)} />
          ))}
        </>
      )}
    </fieldset>
  );
}

function Tick({ one, on, onTick }: { one: Expected; on: boolean; onTick(on: boolean): void }) {
  const say = useWords(groups);
  const { zone } = usePlace();
  const guruji = gurujisOf(useClientState()).find(({ id }) => id === one.guruji);
  const time = one.at ? clock(one.at, zone) : "";
  return (
    <label className="tickline">
      <input type="checkbox" checked={on} onChange={(event) => onTick(event.currentTarget.checked)} />
      <span className="name">
        <Name>{one.name || "–"}</Name>{" "}
        <span className="soft note">{guruji && <Name>{guruji.name}</Name>}</span>
      </span>
      <Chip
        tone={one.from === "booking" ? "flow" : "rest"}
        icon={one.from === "booking" ? "calendar" : "hourglass"}
        kind="quiet"
      >
        {one.from === "booking" ? time : say("waitsSince", { time })}
      </Chip>
    </label>
  );
}

function Typing({ group, setGroup }: GroupProps) {
  const say = useWords(groups);
  const gurujis = gurujisOf(useClientState()).filter((one) => one.fields.disabled !== true);
  return (
    <div className="stack">
      <label className="jot">
        <span className="label">{say("others")}</span>
        <textarea
          rows={9}
          spellCheck={false}
          autoComplete="off"
          placeholder={say("othersExample")}
          value={group.typed}
          onChange={(event) => setGroup({ ...group, typed: event.currentTarget.value })}
        />
        <span className="note soft">{say("othersHow", { most: MOST })}</span>
      </label>
      <label>
        <span className="label">{say("theySee")}</span>
        <span className="field">
          <select
            value={group.guruji}
            onChange={(event) => setGroup({ ...group, guruji: event.currentTarget.value })}
          >
            <option value="">{say("whoeverFirst")}</option>
            {gurujis.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </span>
      </label>
    </div>
  );
}
