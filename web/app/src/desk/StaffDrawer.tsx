import { entryById, rowsOf, type State } from "@sangam/sdk";
import type { ReactNode } from "react";
import { Drawer } from "../blocks/Drawer.tsx";
import { Button, Chip, Name } from "../blocks/small.tsx";
import { useClient, useClientState, usePlace, useTold } from "../screen/client.tsx";
import { sameItems } from "../screen/same.ts";
import type { Say } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type Alike, type Doubts, doubtCount, doubtsOf, type Met } from "./doubts.ts";
import { doubts as words } from "./doubtWords.ts";

/** The drawer of a site's staff, with what only a person can decide on top. */
export function StaffDrawer({ onClose }: { onClose?: () => void }) {
  const doubts = useTold(doubtsOf, sameDoubts);
  return (
    <Drawer
      {...(onClose ? { onClose } : {})}
      {...(doubtCount(doubts) > 0 ? { more: <List {...doubts} /> } : {})}
    />
  );
}

const sameDoubts = (a: Doubts, b: Doubts) => sameItems(a.met, b.met) && sameItems(a.alike, b.alike);

function List(doubts: Doubts) {
  return (
    <>
      {doubts.met.map((one) => (
        <TwoEdits key={one.id} one={one} />
      ))}
      {doubts.alike.map((one) => (
        <SamePerson key={one.person} one={one} />
      ))}
    </>
  );
}

function Article(props: { title: ReactNode; at?: string; children: ReactNode }) {
  const { zone } = usePlace();
  return (
    <article className="pending">
      <header>
        <span>{props.title}</span>
        {props.at && <span className="age">{clock(props.at, zone)}</span>}
      </header>
      {props.children}
    </article>
  );
}

function TwoEdits({ one }: { one: Met }) {
  const say = useWords(words);
  const client = useClient();
  const state = useClientState();
  const lost = inWords(one.lost, say);
  const stands = inWords(one.stands, say);
  function settle(keep: "current" | "lost") {
    client.act(
      "conflict.settle",
      { conflict: one.id, keep },
      one.stands === undefined ? {} : { saw: { current: one.stands } },
    );
  }
  return (
    <Article title={<Name>{subjectOf(state, one, say)}</Name>} at={one.at}>
      <p>
        <Chip tone="heed" icon="users">
          {say("met")}
        </Chip>
      </p>
      <p>
        {!one.mayPutBack
          ? say("metMove")
          : one.stands === undefined
            ? say("metLost", { lost })
            : say("metWhy", { stands, lost })}
      </p>
      <p className="actions">
        <Button onClick={() => settle("current")}>
          {one.mayPutBack && one.stands !== undefined
            ? say("keepThis", { value: stands })
            : say("keepStands")}
        </Button>
        {one.mayPutBack && (
          <Button kind="bare" onClick={() => settle("lost")}>
            {say("keepThis", { value: lost })}
          </Button>
        )}
      </p>
    </Article>
  );
}

type SayDoubts = Say<(typeof words)["phrases"]>;

/** Long enough to be told apart, short enough for a button. */
const SHOWN = 40;

function inWords(value: unknown, say: SayDoubts): string {
  if (value === null || value === undefined || value === "") return say("nothingThere");
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value === "object") return say("manyParts");
  const said = String(value);
  return said.length > SHOWN ? `${said.slice(0, SHOWN)}…` : said;
}

/** "A048 Rama Joshi: name", "Room of …", as far as this screen knows what it is about. */
function subjectOf(state: State, one: Met, say: SayDoubts): string {
  const entry = one.subjectKind === "entry" ? entryById(state, one.subject) : null;
  const row = rowsOf(state, one.subjectKind).get(one.subject)?.fields ?? {};
  const called = entry ? `${entry.token} ${entry.name ?? ""}`.trim() : String(row.name ?? "");
  const kind = `kind.${one.subjectKind}`;
  const field = `field.${one.field}`;
  return [
    called || say((kind in words.phrases ? kind : "kind.other") as "kind.other"),
    field in words.phrases && say(field as "field.name"),
  ]
    .filter(Boolean)
    .join(", ");
}

function SamePerson({ one }: { one: Alike }) {
  const say = useWords(words);
  const client = useClient();
  const { entry, other } = one;
  return (
    <Article
      title={
        <>
          {entry.token} <Name>{entry.name ?? ""}</Name>
        </>
      }
      {...(entry.checkedInAt ? { at: entry.checkedInAt } : {})}
    >
      <p>
        <Chip tone="heed" icon="users">
          {say("same")}
        </Chip>
      </p>
      <p>
        {other ? say("sameHere", { other: `${other.token} ${other.name ?? ""}`.trim() }) : say("sameBefore")}
      </p>
      <p className="actions">
        <Button onClick={() => client.act("person.merge", { keep: one.known, drop: one.person })}>
          {say("isSame")}
        </Button>
        <Button
          kind="bare"
          onClick={() => client.act("person.update", { person: one.person, distinct: true })}
        >
          {say("areTwo")}
        </Button>
      </p>
      <p className="note soft">{say("sameHow")}</p>
    </Article>
  );
}
