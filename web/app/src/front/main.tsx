import { createClient } from "@sangam/sdk";
import { useEffect, useMemo } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Bank } from "../screen/Bank.tsx";
import { useNames } from "../screen/names.ts";
import { useNow } from "../screen/now.ts";
import { Names } from "../screen/SignIn.tsx";
import { start } from "../screen/start.tsx";
import { heardFromStatus, useStatus } from "../screen/status.ts";
import { entry } from "../words/entry.ts";
import { Language, useWords } from "../words/Language.tsx";
import "./front.css";

const SCREENS: Record<string, string> = {
  coordinator: "/coordinator",
  guruji: "/guruji",
  admin: "/admin",
  central_admin: "/centre",
};

/** The first page of a node: who are you, or what is this screen. Signing in happens on the screen itself. */
function Front() {
  const say = useWords(entry);
  // Never started: this page only asks.
  const client = useMemo(() => createClient({ view: "queue", screen: "front" }), []);
  const told = useStatus(client, true, true);
  const names = useNames(client);
  const now = useNow(1000);
  const hub = told.status?.role === "hub";
  const setup = told.status?.setup === true;
  // The first admin's session belongs to the screen they go on with.
  useEffect(() => {
    if (setup) location.replace(hub ? "/centre" : "/admin");
    // Where names are not listed there is nobody to choose here.
    else if (hub && names?.length === 0) location.replace("/centre");
  }, [setup, hub, names]);
  function go(id: string) {
    const role = names?.find((one) => one.id === id)?.role ?? "";
    location.assign(`${SCREENS[role] ?? "/coordinator"}?who=${encodeURIComponent(id)}`);
  }
  return (
    <main className="signin">
      <Bank
        title={told.status?.siteName ?? ""}
        zone={told.status?.timezone}
        heard={heardFromStatus(told, now)}
      />
      <Names
        names={names}
        onChoose={go}
        foot={
          !hub && (
            <nav className="devices" aria-label={say("chooseScreen")}>
              <span className="soft">{say("chooseScreen")}</span>
              <a className="button" href="/kiosk">
                <Icon name="kiosk" /> {say("kiosk")}
              </a>
              <a className="button" href="/board">
                <Icon name="monitor" /> {say("board")}
              </a>
            </nav>
          )
        }
      />
    </main>
  );
}

start(
  <Language first="en" remember="staff">
    <Front />
  </Language>,
);
