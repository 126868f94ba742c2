import { gurujisOf, rowsOf, type State } from "@sangam/sdk";
import { useRef, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient, useClientState } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { useWords } from "../words/Language.tsx";
import { AddPanel, PinPanel } from "./StaffPanels.tsx";
import { admin } from "./words.ts";

export interface Member {
  id: string;
  name: string;
  role: string;
  guruji: string;
  disabled: boolean;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Everybody who can or could sign in, those who can first, by name. */
export function staffOf(state: State): readonly Member[] {
  return [...rowsOf(state, "staff")]
    .map(([id, { fields }]) => ({
      id,
      name: text(fields.name),
      role: text(fields.role),
      guruji: text(fields.guruji),
      disabled: fields.disabled === true,
    }))
    .sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.name.localeCompare(b.name));
}

type Over = { what: "add" } | { what: "pin" | "close"; who: Member } | null;

export function Staff() {
  const say = useWords(admin);
  const all = staffOf(useClientState());
  const [typed, setTyped] = useState("");
  const [over, setOver] = useState<Over>(null);
  const field = useRef<HTMLInputElement>(null);
  const asked = typed.trim().toLocaleLowerCase("en");
  const shown = all.filter((one) => one.name.toLocaleLowerCase("en").includes(asked));
  const close = () => setOver(null);
  useKeys({ "/": () => field.current?.focus() });
  return (
    <section className="page" aria-labelledby="staff">
      <header>
        <div>
          <h2 id="staff">{say("staff")}</h2>
          <p>{say("staffHow", { count: all.filter((one) => !one.disabled).length })}</p>
        </div>
        <search className="field push">
          <Icon name="search" />
          <input
            ref={field}
            type="search"
            placeholder={say("findStaff")}
            aria-label={say("findStaff")}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <kbd className="key">/</kbd>
        </search>
        <Button kind="main" icon="plus" onClick={() => setOver({ what: "add" })}>
          {say("addPerson")}
        </Button>
      </header>
      {shown.length === 0 ? (
        <Empty icon="users" title={say("nobodyCalled", { text: typed.trim() })} />
      ) : (
        <Table members={shown} onOver={setOver} />
      )}
      {over?.what === "add" && <AddPanel onClose={close} />}
      {over?.what === "pin" && <PinPanel who={over.who} onClose={close} />}
      {over?.what === "close" && <ClosePanel who={over.who} onClose={close} />}
    </section>
  );
}

function Table({ members, onOver }: { members: readonly Member[]; onOver(over: Over): void }) {
  const say = useWords(admin);
  const state = useClientState();
  const gurujis = new Map(gurujisOf(state).map((one) => [one.id, one]));
  const own = state.session.user?.id;
  const queueOf = (id: string) => {
    const guruji = gurujis.get(id);
    if (!guruji) return "";
    const letter = text(guruji.fields.series);
    return guruji.room ? say("letterRoom", { letter, room: guruji.room }) : say("letterOnly", { letter });
  };
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say("name")}</th>
          <th scope="col">{say("may")}</th>
          <th scope="col">{say("queue")}</th>
          <th scope="col">{say("signIn")}</th>
          <th scope="col">
            <span className="unseen">{say("actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {members.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <Name>{one.name}</Name> {one.id === own && <span className="soft">({say("you")})</span>}
            </th>
            <td>{one.disabled ? say("mayNothing") : <May role={one.role} />}</td>
            <td>{queueOf(one.guruji)}</td>
            <td>
              {one.disabled ? (
                <Chip tone="rest" icon="x" kind="quiet">
                  {say("closed")}
                </Chip>
              ) : (
                <Chip tone="flow" icon="check" kind="quiet">
                  {say("maySignIn")}
                </Chip>
              )}
            </td>
            <td>
              <Deeds who={one} own={one.id === own} onOver={onOver} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function May({ role }: { role: string }) {
  const say = useWords(admin);
  const known = role === "coordinator" || role === "guruji" || role === "admin";
  return <>{known ? say(`may.${role}`) : role}</>;
}

function Deeds({ who, own, onOver }: { who: Member; own: boolean; onOver(over: Over): void }) {
  const say = useWords(admin);
  const client = useClient();
  const named = <span className="unseen"> {who.name}</span>;
  if (who.disabled) {
    return (
      <Button
        onClick={() =>
          client.act(
            "staff.disable",
            { staff: who.id, disabled: false },
            { optimistic: { kind: "staff", id: who.id, fields: { disabled: false } } },
          )
        }
      >
        {say("openAgain")}
        {named}
      </Button>
    );
  }
  return (
    <>
      <Button icon="key" onClick={() => onOver({ what: "pin", who })}>
        {say("newPin")}
        {named}
      </Button>{" "}
      {/* Nobody takes their own key away: the node refuses it too. */}
      {!own && (
        <Button kind="bare" onClick={() => onOver({ what: "close", who })}>
          {say("close")}
          {named}
        </Button>
      )}
    </>
  );
}

function ClosePanel({ who, onClose }: { who: Member; onClose(): void }) {
  const say = useWords(admin);
  const words = useWords(desk);
  const client = useClient();
  function go() {
    client.act(
      "staff.disable",
      { staff: who.id },
      { optimistic: { kind: "staff", id: who.id, fields: { disabled: true } } },
    );
    onClose();
  }
  return (
    <Panel
      title={say("closeSure", { name: who.name })}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose} data-first="">
            {words("cancel")}
          </Button>
          <Button kind="main" icon="lock" onClick={go}>
            {say("close")}
          </Button>
        </>
      }
    >
      <p>{say("closeWhy")}</p>
    </Panel>
  );
}
