import { type Shape, serverNow } from "@sangam/sdk";
import { useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState, usePlace } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useLanguage, useWords } from "../words/Language.tsx";
import { dayAndDate, span } from "../words/times.ts";
import { useAsked } from "./asked.ts";
import { Moment } from "./Moment.tsx";
import { type StaffRow, staffOf, unsettled } from "./rows.ts";
import { ScreenOf, SignInsPanel } from "./SignInsPanel.tsx";
import { AddPanel, PinPanel } from "./StaffPanels.tsx";
import { watch } from "./watchWords.ts";
import { admin } from "./words.ts";

type SignIns = Shape<"SignIns">;
type Over = { what: "add" } | { what: "pin" | "off" | "sign_ins"; person: StaffRow } | null;

const ASK_EVERY_MS = 15_000;

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
      {over?.what === "sign_ins" && <SignInsPanel person={over.person} onClose={close} />}
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
  const tell = useWords(watch);
  const sent = unsettled(useClientState());
  const { told, unheard } = useAsked<SignIns>("/api/v1/sign-ins", ASK_EVERY_MS);
  const signIns = unheard ? null : told;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say("name")}</th>
          <th scope="col">{say("may")}</th>
          <th scope="col">{say("room")}</th>
          <th scope="col">{tell("lastIn")}</th>
          <th scope="col">{say("signIn")}</th>
          <th scope="col">
            <span className="unseen">{say("actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {people.map((one) => (
          <Person key={one.id} person={one} signIns={signIns} sent={sent.has(one.id)} onOver={onOver} />
        ))}
      </tbody>
    </table>
  );
}

const ROLES = ["coordinator", "guruji", "admin", "central_admin"] as const;

function Person(props: {
  person: StaffRow;
  signIns: SignIns | null;
  sent: boolean;
  onOver(over: Over): void;
}) {
  const { person, signIns, sent, onOver } = props;
  const tell = useWords(watch);
  const last = signIns?.rows.find((row) => row.staff === person.id && row.wrong === 0);
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
        <Button kind="bare" onClick={() => onOver({ what: "sign_ins", person })}>
          <span className="unseen">
            {tell("signIns")}, {person.name}:
          </span>
          {last ? (
            <span>
              {last.watched ? tell("now") : <Moment at={last.at} />}, <ScreenOf row={last} />
            </span>
          ) : (
            tell(signIns ? "never" : "signIns")
          )}
        </Button>
      </td>
      <td>
        <SignInChip person={person} signIns={signIns} sent={sent} />
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

/** The one thing about their signing in that matters most: an admin looks here when somebody cannot get in. */
function SignInChip(props: { person: StaffRow; signIns: SignIns | null; sent: boolean }) {
  const { person, signIns, sent } = props;
  const say = useWords(admin);
  const tell = useWords(watch);
  const common = useCommon();
  const { zone } = usePlace();
  const { lang } = useLanguage();
  const now = serverNow(useClientState(), useNow(1000));
  const own = signIns?.rows.filter((row) => row.staff === person.id) ?? [];
  const last = own.find((row) => row.wrong === 0);
  const wrong = own.find(
    (row) => row.wrong > 0 && dayAndDate(row.at, lang, zone) === dayAndDate(now, lang, zone),
  );
  const until = signIns?.locked.find((one) => one.staff === person.id)?.until;
  const lockedMs = until ? Date.parse(until) - now : 0;
  const [tone, icon, word] = sent
    ? (["rest", "send", say("willSend")] as const)
    : person.disabled
      ? (["rest", "lock", say("switchedOff")] as const)
      : lockedMs > 0
        ? (["heed", "lock", tell("lockedFor", { span: span(lockedMs + 999, common) })] as const)
        : wrong
          ? (["heed", "key", tell("wrongToday", { count: wrong.wrong })] as const)
          : last?.open
            ? (["flow", "activity", tell(last.watched ? "atWork" : "signedIn")] as const)
            : signIns && !last
              ? (["heed", "key", tell("firstPin")] as const)
              : (["rest", "check", say("canSignIn")] as const);
  return (
    <Chip tone={tone} icon={icon} kind="quiet">
      {word}
    </Chip>
  );
}
