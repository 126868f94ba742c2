import { rowsOf } from "@sangam/sdk";
import { Panel } from "../blocks/Panel.tsx";
import { Empty, Name } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClientState, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { lookInto, visitsOf } from "./history.ts";
import { AddTo, Care } from "./Past.tsx";
import { guruji as words } from "./words.ts";

/** Those who were with this guruji today, the last first: what was given, and what is to be added. */
export function SeenPanel({ own, onClose }: { own: string; onClose(): void }) {
  const say = useWords(words);
  const common = useWords(desk);
  const state = useClientState();
  const { zone } = usePlace();
  const visits = visitsOf(
    lookInto(state),
    (_, fields) => fields.guruji === own && typeof fields.endedAt === "string",
  );
  return (
    <Panel
      also="seen"
      title={say("seenToday")}
      onClose={onClose}
      foot={<span className="note soft">{say("seenHow")}</span>}
    >
      {visits.length === 0 ? (
        <Empty icon="users" title={say("seenNobody")}>
          {say("seenNobodyWhy")}
        </Empty>
      ) : (
        <ol className="seen-list">
          {visits.map((visit) => {
            const name = rowsOf(state, "person").get(visit.person)?.fields.name;
            return (
              <li key={visit.id}>
                <details>
                  <summary>
                    <span className="soft">{clock(visit.at, zone)}</span>{" "}
                    <strong>
                      {typeof name === "string" && name ? <Name>{name}</Name> : common("unnamed")}
                    </strong>{" "}
                    <span className="soft note">
                      {visit.remedies.length > 0 && say("remedies", { count: visit.remedies.length })}
                    </span>
                  </summary>
                  <Care visit={visit} />
                  <AddTo visit={visit} />
                </details>
              </li>
            );
          })}
        </ol>
      )}
    </Panel>
  );
}
