import type { ReactNode } from "react";
import { Choice } from "../blocks/choices.tsx";
import { Name } from "../blocks/small.tsx";
import { langOf, useWords } from "../words/Language.tsx";
import { Glass } from "./Glass.tsx";
import type { DemoState, Door, Site } from "./live.ts";
import type { SayDemo } from "./mood.ts";
import { demo } from "./words.ts";

/** Every screen of one ashram, and the centre's. Devices are let in by the click; people sign in with their PIN. */
export function Doors(props: { state: DemoState; site: Site; onChoose(id: string): void }) {
  const say = useWords(demo);
  const { state, site } = props;
  return (
    <section aria-labelledby="doors">
      <div className="whose">
        <h2 id="doors">{say("doors")}</h2>
        <Choice
          label={say("ofWhich")}
          options={state.sites.map(({ id, name }) => {
            const lang = langOf(name, "hi");
            return { value: id, label: name, ...(lang ? { lang } : {}) };
          })}
          value={site.id}
          onChange={props.onChoose}
        />
      </div>
      <ul className="doors">
        {[...site.doors, ...state.centre.doors].map((door) => (
          <li key={door.screen}>
            <Way door={door}>
              <Glass screen={door.screen} tokens={tokensFor(door, site)} />
              <strong>{say(wordOf(door.screen))}</strong>
              <span className="soft">{door.name ? <Name>{door.name}</Name> : whereOf(door, site, say)}</span>
              {door.pin ? (
                <span className="pin">
                  <span className="soft">{say("pin")}</span> {door.pin}
                </span>
              ) : (
                <span className="soft">{say("noPin")}</span>
              )}
            </Way>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A form is followed to where its answer leads, and no other page can send it. */
function Way({ door, children }: { door: Door; children: ReactNode }) {
  if (!door.opens) {
    return (
      <a className="way" href={door.href} target="_blank" rel="noreferrer">
        {children}
      </a>
    );
  }
  return (
    <form action={door.opens} method="post" target="_blank" rel="noopener">
      <button type="submit" className="way">
        {children}
      </button>
    </form>
  );
}

function wordOf(screen: string) {
  switch (screen) {
    case "kiosk":
    case "board":
    case "patient":
    case "coordinator":
    case "guruji":
    case "admin":
      return screen;
  }
  return "centreScreen";
}

function whereOf({ screen }: Door, site: Site, say: SayDemo): string {
  if (screen === "kiosk") return say("inHall");
  if (screen === "board") return say("onWall");
  return site.phone ? say("ofToken", { token: site.phone }) : say("takesToken");
}

function tokensFor({ screen }: Door, site: Site): readonly string[] {
  if (screen === "patient") return site.phone ? [site.phone] : [];
  return site.recent;
}
