import { Button, Name } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { people } from "./peopleWords.ts";
import type { PersonRow, Relative } from "./person.ts";

/** A word of ours for a value that has one, else the value. */
export function useKnown() {
  const say = useWords(people);
  return (group: "gender" | "relation", value: string) => {
    const key = `${group}.${value}`;
    return key in people.phrases ? say(key as "gender.other") : value;
  };
}

/** Their relatives by name, each a way to that person's page. */
export function PersonFamily(props: {
  person: PersonRow;
  onSee(id: string): void;
  onAdd(): void;
  onRemove(relative: Relative): void;
}) {
  const { person } = props;
  const say = useWords(people);
  const known = useKnown();
  return (
    <section className="card dossier" aria-labelledby="family">
      <header>
        <h4 id="family">{say("family")}</h4>
        <Button also="push" icon="plus" onClick={props.onAdd}>
          {say("relativeAdd")}
        </Button>
      </header>
      {person.family.length === 0 ? (
        <p className="soft">{say("noRelatives")}</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say("name")}</th>
              <th scope="col">{say("relation")}</th>
              <th scope="col">{say("mayDo")}</th>
              <th scope="col">
                <span className="unseen">{say("open")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {person.family.map((one) => {
              const name = one.name ?? "";
              const may = [one.guardian && say("decides"), one.proxy && say("books")].filter(Boolean);
              return (
                <tr key={one.person}>
                  <th scope="row">
                    {name ? <Name>{name}</Name> : <span className="soft">{say("nameUnknown")}</span>}
                  </th>
                  <td>{known("relation", one.relation)}</td>
                  <td className="soft">{may.join(", ")}</td>
                  <td>
                    <span className="tail">
                      {name && (
                        <Button
                          aria-label={`${say("open")}: ${name}`}
                          onClick={() => props.onSee(one.person)}
                        >
                          {say("open")}
                        </Button>
                      )}
                      <Button
                        kind="bare"
                        aria-label={`${say("relativeRemove")}: ${name}`}
                        onClick={() => props.onRemove(one)}
                      >
                        {say("relativeRemove")}
                      </Button>
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
