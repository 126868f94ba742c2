import { Name } from "../blocks/small.tsx";
import { langOf, useLanguage } from "../words/Language.tsx";
import { markOf } from "./marks.ts";

/** A name in which what was typed is marked. */
export function Marked({ children, typed }: { children: string; typed: string }) {
  const { lang } = useLanguage();
  const parts = markOf(children, typed);
  if (!parts) return <Name>{children}</Name>;
  const own = langOf(children, lang);
  return (
    <span {...(own && own !== lang ? { lang: own } : {})}>
      {parts[0]}
      <mark>{parts[1]}</mark>
      {parts[2]}
    </span>
  );
}
