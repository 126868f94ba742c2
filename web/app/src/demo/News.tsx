import { useCommon, useWords } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import type { DemoState } from "./live.ts";
import { isNow, sentence } from "./mood.ts";
import { demo } from "./words.ts";

const SHOWN = 4;

/** What was heard at both ends of the lines, newest first. */
export function News({ state, clinic }: { state: DemoState; clinic: number }) {
  const say = useWords(demo);
  const common = useCommon();
  const names = new Map(state.sites.map((site) => [site.id, site.name]));
  const told = state.news
    .map((item) => ({
      item,
      text: sentence(item, names.get(item.site ?? "") ?? "", (ms) => span(ms, common), say),
    }))
    .filter(({ text }) => text !== "")
    .slice(0, SHOWN);
  return (
    <section aria-labelledby="news">
      <h2 id="news">{say("news")}</h2>
      {told.length === 0 && <p className="soft news">{say("newsNone")}</p>}
      <ol className="log news">
        {told.map(({ item, text }) => (
          <li key={item.id}>
            <span>{isNow(item, clinic, state.speed) ? say("now") : clock(item.at, state.zone)}</span>{" "}
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
