import { useState } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button, Empty, Name } from "../blocks/small.tsx";
import { inFives } from "../desk/phone.ts";
import { useWords } from "../words/Language.tsx";
import { type Found, useLook } from "./looking.ts";
import { people } from "./peopleWords.ts";
import type { PersonRow } from "./person.ts";
import { Seek } from "./Seek.tsx";
import { Unfound } from "./Unfound.tsx";

/** Finds somebody else than `but`, by name or number. */
export function FindPerson({ but, onChoose }: { but: string; onChoose(person: PersonRow): void }) {
  const say = useWords(people);
  const { failed, look } = useLook();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  function search(text: string) {
    setAsked(text);
    setFound(null);
    look(text, setFound);
  }
  const others = found?.people.filter(({ id }) => id !== but);
  return (
    <div className="stack">
      <Seek typed={typed} onType={setTyped} onSearch={search} first />
      {failed && <Unfound failed={failed} onRetry={() => search(asked)} />}
      {asked && !failed && !others && <Bones />}
      {others?.length === 0 && (
        <Empty icon="user-x" title={say("nobodyElse", { text: asked })}>
          {say("nobodyWhy")}
        </Empty>
      )}
      {others && others.length > 0 && (
        <ul className="finds">
          {others.map((one) => (
            <li key={one.id}>
              <div>
                <strong>
                  <Name>{one.name}</Name>
                </strong>
                <p className="soft note">
                  {[inFives(one.phone ?? ""), one.birthYear, one.place].filter(Boolean).join(" · ")}
                </p>
              </div>
              <Button aria-label={`${say("thisOne")}: ${one.name}`} onClick={() => onChoose(one)}>
                {say("thisOne")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {found?.more && <p className="soft note">{say("more")}</p>}
    </div>
  );
}
