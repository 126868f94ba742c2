import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button } from "../blocks/small.tsx";
import { useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { LANGS, type Lang } from "../words/catalogue.ts";
import { useLanguage } from "../words/Language.tsx";
import { weekday } from "../words/times.ts";
import type { Rest } from "./choices.ts";
import { nextOpening, type Opening } from "./opening.ts";
import { Page } from "./Page.tsx";
import { kiosk } from "./words.ts";

const SAID = {
  closed: { icon: "pause", title: "closed", why: "closedKeep" },
  full: { icon: "users", title: "full", why: "fullWhy" },
  shut: { icon: "moon", title: "shut", why: "shutWhy" },
} as const satisfies Record<Rest, { icon: IconName; title: string; why: string }>;

/** How the next opening is said: before the time when that stands large, and in one line with it. */
function saidOpening(why: Rest, opening: Opening, lang: Lang, zone: string | undefined) {
  const say = kiosk.in(lang);
  const { time } = opening;
  const day = weekday(opening.dayMs, lang, zone);
  if (why === "full") return [say("fullOpens", { day }), say("fullOpensLine", { day, time })] as const;
  if (opening.today) return [say("shutOpensToday"), say("shutOpensTodayLine", { time })] as const;
  return [say("shutOpens", { day }), say("shutOpensLine", { day, time })] as const;
}

/** At rest there is nothing to choose, so it speaks all three languages at once. */
export function Resting(props: { why: Rest; onHelp(): void; onAppointment(): void }) {
  const { icon, title, why } = SAID[props.why];
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const state = useClientState();
  const now = useClinicNow(60_000);
  const say = kiosk.in(lang);
  const others = LANGS.filter((one) => one !== lang);
  // Who closed the doors for a while decides when they open.
  const opening = props.why === "closed" ? null : nextOpening(state, now, zone, props.why === "full");
  const inAll = (key: "appointment" | "help", icon: IconName) => (
    <>
      <span>
        <Icon name={icon} /> {say(key)}
      </span>
      {others.map((one) => (
        <span className="soft" lang={one} key={one}>
          {kiosk.in(one)(key)}
        </span>
      ))}
    </>
  );
  return (
    <Page also="resting">
      <section className="when">
        <Icon name={icon} />
        <h1>{say(title)}</h1>
        {opening && (
          <p className="opens">
            {saidOpening(props.why, opening, lang, zone)[0]} <b>{opening.time}</b>
          </p>
        )}
        <p className="soft">{say(why)}</p>
      </section>
      <ul className="others">
        {others.map((one) => (
          <li lang={one} key={one}>
            <h2>{kiosk.in(one)(title)}</h2>
            <p className="soft">
              {opening && `${saidOpening(props.why, opening, one, zone)[1]} `}
              {kiosk.in(one)(why)}
            </p>
          </li>
        ))}
      </ul>
      <nav className="asides" aria-label={say("help")}>
        {props.why !== "shut" && (
          <Button onClick={props.onAppointment}>{inAll("appointment", "calendar")}</Button>
        )}
        <Button also={props.why === "shut" ? "wide" : ""} onClick={props.onHelp}>
          {inAll("help", "help")}
        </Button>
      </nav>
    </Page>
  );
}
