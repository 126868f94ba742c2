import { Finder } from "../admin/People.tsx";
import { people } from "../admin/peopleWords.ts";
import { Panel } from "../blocks/Panel.tsx";
import { Refusal } from "../desk/Refusal.tsx";
import { useWords } from "../words/Language.tsx";

/** Whom the site knows; `person` is open at once. */
export function PeoplePanel({ person, onClose }: { person: string; onClose(): void }) {
  const say = useWords(people);
  return (
    <Panel also="people" title={say("people")} onClose={onClose}>
      <div className="page">
        <Refusal />
        <Finder first={person} />
      </div>
    </Panel>
  );
}
