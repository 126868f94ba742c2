import { gurujisOf } from "@sangam/sdk";
import { Name } from "../blocks/small.tsx";
import { statusLook } from "../desk/why.tsx";
import { useClientState } from "../screen/client.tsx";
import { useCommon, useLanguage } from "../words/Language.tsx";
import { dayAndDate } from "../words/times.ts";
import type { PersonRow } from "./person.ts";

/** The last days somebody came, with whom, and how it ended where it was no visit. */
export function Visits({ person }: { person: PersonRow }) {
  const common = useCommon();
  const { lang } = useLanguage();
  const gurujis = gurujisOf(useClientState());
  return (
    <ul>
      {person.visits.map(({ day, guruji, status }) => {
        const name = gurujis.find((one) => one.id === guruji)?.name;
        const { word } = statusLook(status);
        return (
          <li key={day}>
            {dayAndDate(day, lang, "UTC")} {day.slice(0, 4)}
            {name && (
              <>
                , <Name>{name}</Name>
              </>
            )}
            {status !== "done" && word && <span className="soft"> · {common(word)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
