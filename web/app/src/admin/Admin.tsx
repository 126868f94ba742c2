import { useEffect, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Bar } from "../desk/Bar.tsx";
import { Freshness } from "../desk/Trouble.tsx";
import { useClientState } from "../screen/client.tsx";
import { useKeys } from "../screen/keys.ts";
import { later, soon } from "../screen/later.tsx";
import { useWords } from "../words/Language.tsx";
import { Box } from "./Box.tsx";
import { devicesOf } from "./rows.ts";
import { admin } from "./words.ts";

const Refusal = soon(async () => (await import("../desk/Refusal.tsx")).Refusal);
const Told = soon(async () => (await import("../desk/Told.tsx")).Told);
const StaffDrawer = soon(async () => (await import("../desk/StaffDrawer.tsx")).StaffDrawer);
const Devices = soon(async () => (await import("./Devices.tsx")).Devices);
const Staff = soon(async () => (await import("./Staff.tsx")).Staff);
const People = later(async () => (await import("./People.tsx")).People);
const Posters = later(async () => (await import("./Posters.tsx")).Posters);
const Settings = later(async () => (await import("./Settings.tsx")).Settings);
const Voices = later(async () => (await import("./Voices.tsx")).Voices);
const Apps = later(async () => (await import("./Apps.tsx")).Apps);
const Reports = later(async () => (await import("./Reports.tsx")).Reports);
const Audit = later(async () => (await import("./Audit.tsx")).Audit);
const PAGES = [
  { id: "box", icon: "machine" },
  { id: "devices", icon: "tablet" },
  { id: "staff", icon: "users" },
  { id: "people", icon: "user" },
  { id: "posters", icon: "qr" },
  { id: "settings", icon: "sliders" },
  { id: "reports", icon: "file-text" },
  { id: "audit", icon: "search" },
  { id: "apps", icon: "key" },
  { id: "voices", icon: "microphone" },
] as const;
type Page = (typeof PAGES)[number]["id"];

/** The tenth page has the key after 9. */
const keyOf = (index: number) => String((index + 1) % 10);
const pageOf = (hash: string): Page => PAGES.find(({ id }) => `#${id}` === hash)?.id ?? "box";

/** The page named in the address, so that a link or the back button finds it again. */
function usePage(): Page {
  const [page, setPage] = useState(() => pageOf(location.hash));
  useEffect(() => {
    const moved = () => setPage(pageOf(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return page;
}

function go(page: Page) {
  location.hash = page;
}

/** What a site admin looks after: the box, what is let in, and who may sign in. */
export function Admin() {
  const say = useWords(admin);
  const page = usePage();
  const [drawer, setDrawer] = useState(false);
  const toggle = () => setDrawer((open) => !open);
  const asking = devicesOf(useClientState()).asking.length;
  useKeys(Object.fromEntries(PAGES.map(({ id }, i) => [keyOf(i), () => go(id)])));
  const keys = PAGES.map(({ id }, i) => ({ keys: [keyOf(i)], does: say(id) }));
  return (
    <div className="desk admin">
      <Bar
        title={say("title")}
        keys={[{ title: say("keysPages"), keys }]}
        drawer={{ open: drawer, toggle }}
      />
      <div className="desk-body">
        <nav className="rail" aria-label={say("title")}>
          {PAGES.map(({ id, icon }) => (
            <a key={id} href={`#${id}`} {...(id === page ? { "aria-current": "page" as const } : {})}>
              <Icon name={icon} /> {say(id)}
              {id === "devices" && asking > 0 && (
                <span className="count chip heed">
                  <span aria-hidden="true">{asking}</span>
                  <span className="unseen">, {say("asks", { count: asking })}</span>
                </span>
              )}
            </a>
          ))}
        </nav>
        <main className="page">
          {!drawer && <Refusal />}
          <Freshness />
          <Told />
          {page === "box" && <Box onDevices={() => go("devices")} />}
          {page === "devices" && <Devices />}
          {page === "staff" && <Staff />}
          {page === "people" && <People />}
          {page === "posters" && <Posters />}
          {page === "settings" && <Settings />}
          {page === "reports" && <Reports />}
          {page === "audit" && <Audit />}
          {page === "apps" && <Apps />}
          {page === "voices" && <Voices />}
        </main>
        {drawer && <StaffDrawer onClose={toggle} />}
      </div>
    </div>
  );
}
