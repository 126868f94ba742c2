import { useEffect, useState } from "react";
import { Drawer } from "../blocks/Drawer.tsx";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Bar } from "../desk/Bar.tsx";
import { Freshness, Refusal } from "../desk/Trouble.tsx";
import { useClientState } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { Box } from "./Box.tsx";
import { Devices } from "./Devices.tsx";
import { devicesOf } from "./devices.ts";
import { Staff } from "./Staff.tsx";
import { admin } from "./words.ts";

const PAGES = ["box", "devices", "staff"] as const;
type Page = (typeof PAGES)[number];
const ICONS: Record<Page, IconName> = { box: "machine", devices: "tablet", staff: "users" };

/** The page stands in the address, so that Back goes back and a reload stays. */
function usePage(): Page {
  const read = () => PAGES.find((page) => `#${page}` === location.hash) ?? "box";
  const [page, setPage] = useState<Page>(read);
  useEffect(() => {
    const changed = () => setPage(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return page;
}

/** What is so, how we know it, and the one thing to do about it. */
export function Admin() {
  const say = useWords(admin);
  const state = useClientState();
  const page = usePage();
  const [drawer, setDrawer] = useState(false);
  const asking = devicesOf(state).filter((one) => one.state === "requested").length;
  return (
    <div className={drawer ? "desk admin drawn" : "desk admin"}>
      <Bar title={say("title")} keys={[]} drawer={{ open: drawer, toggle: () => setDrawer((open) => !open) }} />
      <div className="desk-body">
        <nav className="rail" aria-label={say("title")}>
          {PAGES.map((one) => (
            <a key={one} href={`#${one}`} {...(one === page ? { "aria-current": "page" as const } : {})}>
              <Icon name={ICONS[one]} /> {say(one)}
              {one === "devices" && asking > 0 && (
                <span className="count chip heed">
                  <Icon name="key" /> <span aria-hidden="true">{asking}</span>
                  <span className="unseen">{say("asksIn", { count: asking })}</span>
                </span>
              )}
            </a>
          ))}
        </nav>
        <main>
          <div className="over-work">
            {!drawer && <Refusal />}
            <Freshness />
          </div>
          {page === "box" && <Box />}
          {page === "devices" && <Devices />}
          {page === "staff" && <Staff />}
        </main>
        {drawer && <Drawer onClose={() => setDrawer(false)} />}
      </div>
    </div>
  );
}
