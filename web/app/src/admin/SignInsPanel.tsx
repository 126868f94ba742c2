import type { Shape } from "@sangam/sdk";
import { Bones } from "../blocks/lines.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Chip, Empty, Notice } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { useAsked } from "./asked.ts";
import { Moment } from "./Moment.tsx";
import type { StaffRow } from "./rows.ts";
import { watch } from "./watchWords.ts";

type SignIns = Shape<"SignIns">;
type SignIn = SignIns["rows"][number];

const ASK_EVERY_MS = 15_000;
const SCREENS = ["coordinator", "guruji", "admin", "centre", "web"] as const;
const LOOPBACK = /^(127\.|::1$)/;

/** When somebody signed in and from where, and the wrong PINs under their name. */
export function SignInsPanel({ person, onClose }: { person: StaffRow; onClose(): void }) {
  const say = useWords(watch);
  const { told, unheard } = useAsked<SignIns>(`/api/v1/sign-ins?staff=${person.id}`, ASK_EVERY_MS);
  return (
    <Panel
      also="sign-ins"
      title={say("signInsOf", { name: person.name })}
      onClose={onClose}
      foot={told && told.rows.length > 0 && <span className="note soft">{say("notYou")}</span>}
    >
      <p className="soft">{say("signInsHow")}</p>
      {unheard && (
        <Notice tone="rest" icon="cloud-off" title={say("unheard")}>
          {say("unheardWhy")}
        </Notice>
      )}
      {!told && !unheard && <Bones />}
      {told?.rows.length === 0 && <Empty icon="key" title={say("signInsNone")} />}
      {told && told.rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <table className="table" tabIndex={0}>
          <thead>
            <tr>
              <th scope="col">{say("when")}</th>
              <th scope="col">{say("where")}</th>
              <th scope="col">{say("became")}</th>
            </tr>
          </thead>
          <tbody>
            {told.rows.map((row) => (
              <tr key={`${row.at} ${row.screen} ${row.address} ${row.wrong}`}>
                <td>
                  <Moment at={row.at} />
                </td>
                <td>
                  <From row={row} />
                </td>
                <td>
                  <Became row={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** Which screen asked, as it is called here; one of another program as it named itself. */
export function ScreenOf({ row }: { row: SignIn }) {
  const say = useWords(watch);
  const known = SCREENS.find((one) => one === row.screen);
  return <>{known ? say(`screen.${known}`) : row.screen}</>;
}

function From({ row }: { row: SignIn }) {
  const say = useWords(watch);
  const address = row.address && (LOOPBACK.test(row.address) ? say("here") : row.address);
  return (
    <>
      <ScreenOf row={row} />{" "}
      <span className="soft">{[row.browser, address].filter(Boolean).join(" · ")}</span>
    </>
  );
}

function Became({ row }: { row: SignIn }) {
  const say = useWords(watch);
  if (row.wrong > 0) {
    return (
      <Chip tone="heed" icon="key" kind="quiet">
        {say("wrong", { count: row.wrong })}
      </Chip>
    );
  }
  if (row.open) {
    return (
      <Chip tone="flow" icon="activity" kind="quiet">
        {say(row.watched ? "atWork" : "signedIn")}
      </Chip>
    );
  }
  const end = row.endedAt ?? row.seenAt;
  return (
    <span className="soft">
      {say(row.endedAt ? "signedOut" : "over")} {end && <Moment at={end} />}
    </span>
  );
}
