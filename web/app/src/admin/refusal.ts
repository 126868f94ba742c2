import { failureOf } from "../screen/door.ts";
import { useLanguage, useWords } from "../words/Language.tsx";
import { refusalInHindi } from "../words/refusals.ts";
import { people } from "./peopleWords.ts";

/** Why something asked of the box now was not done, in words; `notAllowed` where the box only says that it may not be. */
export function useRefusal(notAllowed: "inQueue" | "oneIsGone"): (error: unknown) => string {
  const say = useWords(people);
  const { lang } = useLanguage();
  return (error) => {
    const { code, message } = failureOf(error);
    if (code === "no_answer") return `${say("unheard")}. ${say("unheardWhy")}`;
    if (code === "stale") return say("changed");
    if (code === "not_found") return say("gone");
    if (lang === "en" && message) return message;
    return refusalInHindi(message) ?? say(code === "not_allowed" ? notAllowed : "otherwise");
  };
}
