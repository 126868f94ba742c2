import { useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { type StaffRow, staffOf, unsettled } from "./rows.ts";
import { AddPanel, PinPanel } from "./StaffPanels.tsx";
import { admin } from "./words.ts";

type Over = { what: "add" } | { what: "pin" | "off"; person: StaffRow } | null;

/** Who may sign in here, and what an admin can do about it. */
export function Staff() {
  const say = useWords(admin);
  const client = useClient();
  const people = staffOf(useClientState());
  const [typed, setTyped] = useState("");
  const [over, setOver] = useState<Over>(null);
  const wanted = typed.trim().toLocaleLowerCase();
  const found = people.filter((one) => one.name.toLocaleLowerCase().includes(wanted));
  const close = () => setOver(null);
  return (
    <>
      <header>
        <div>
          <h2>{say("staff")}</h2>
          <p>
            {say("staffCount", { count: people.filter((one) => !one.disabled).length })} {say("pinsUnseen")}
          </p>
        </div>
        <Field
          also="push"
          label={say("findPerson")}
          labelUnseen
          icon="search"
          type="search"
          placeholder={say("findPerson")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button kind="main" icon="plus" onClick={() => setOver({ what: "add" })}>
          {say("add")}
        </Button>
      </header>
      {found.length === 0 ? (
        <Empty icon="users" title={say("foundNobody", { text: typed.trim() })} />
      ) : (
        <People people={found} onOver={setOver} />
      )}
      {over?.what === "add" && <AddPanel onClose={close} />}
      {over?.what === "pin" && <PinPanel person={over.person} onClose={close} />}
      {over?.what === "off" && (
        <Sure
          title={say("switchOffTitle", { name: over.person.name })}
          why={say("switchOffWhy")}
          does={say("switchOff")}
          onDo={() => client.act("staff.disable", { staff: over.person.id })}
          onClose={close}
        />
      )}
    </>
  );
}

function People({ people, onOver }: { people: readonly StaffRow[]; onOver(over: Over): void }) {
  const say = useWords(admin);
  const sent = unsettled(useClientState());
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say("name")}</th>
          <th scope="col">{say("may")}</th>
          <th scope="col">{say("room")}</th>
          <th scope="col">{say("signIn")}</th>
          <th scope="col">
            <span className="unseen">{say("actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((one) => (
          <Person key={one.id} person={one} sent={sent.has(one.id)} onOver={onOver} />
        ))}
      </tbody>
    </table>
  );
}

const ROLES = ["coordinator", "guruji", "admin", "central_admin"] as const;

function Person(props: { person: StaffRow; sent: boolean; onOver(over: Over): void }) {
  const { person, sent, onOver } = props;
  const say = useWords(admin);
  const common = useCommon();
  const client = useClient();
  const you = useClientState().session.user?.id === person.id;
  const role = ROLES.find((known) => known === person.role);
  return (
    <tr>
      <th scope="row">
        <Name>{person.name}</Name> {you && <span className="soft">{say("you")}</span>}
      </th>
      <td>{role ? say(`role.${role}`) : person.role}</td>
      <td>
        {[person.room && common("room", { room: person.room }), person.letter].filter(Boolean).join(" · ")}
      </td>
      <td>
        {sent ? (
          <Chip tone="rest" icon="send" kind="quiet">
            {say("willSend")}
          </Chip>
        ) : person.disabled ? (
          <Chip tone="rest" icon="lock" kind="quiet">
            {say("switchedOff")}
          </Chip>
        ) : (
          <Chip tone="flow" icon="check" kind="quiet">
            {say("canSignIn")}
          </Chip>
        )}
      </td>
      <td>
        {person.disabled ? (
          <Button
            aria-label={`${say("switchOn")}: ${person.name}`}
            disabled={sent}
            onClick={() => client.act("staff.disable", { staff: person.id, disabled: false })}
          >
            {say("switchOn")}
          </Button>
        ) : (
          <>
            <Button
              aria-label={`${say("newPin")}: ${person.name}`}
              onClick={() => onOver({ what: "pin", person })}
            >
              {say("newPin")}
            </Button>{" "}
            {!you && (
              <Button
                kind="bare"
                aria-label={`${say("switchOff")}: ${person.name}`}
                disabled={sent}
                onClick={() => onOver({ what: "off", person })}
              >
                {say("switchOff")}
              </Button>
            )}
          </>
        )}
      </td>
    </tr>
  );
}
