import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button } from "../blocks/small.tsx";
import { LANGS } from "../words/catalogue.ts";
import { useLanguage } from "../words/Language.tsx";
import type { Rest } from "./choices.ts";
import { Page } from "./Kiosk.tsx";
import { kiosk } from "./words.ts";

const SAID = {
  closed: { icon: "pause", title: "closed", why: "closedKeep" },
  shut: { icon: "moon", title: "shut", why: "shutWhy" },
} as const satisfies Record<Rest, { icon: IconName; title: string; why: string }>;

/** At rest there is nothing to choose, so it speaks all three languages at once. */
export function Resting(props: { why: Rest; onHelp(): void; onAppointment(): void }) {
  const { icon, title, why } = SAID[props.why];
  const { lang } = useLanguage();
  const say = kiosk.in(lang);
  const others = LANGS.filter((one) => one !== lang);
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
        <p className="soft">{say(why)}</p>
      </section>
      <ul className="others">
        {others.map((one) => (
          <li lang={one} key={one}>
            <h2>{kiosk.in(one)(title)}</h2>
            <p className="soft">{kiosk.in(one)(why)}</p>
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
