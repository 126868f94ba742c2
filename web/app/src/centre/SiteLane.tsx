import { type GurujiRow, type QueueEntry, toBeCalled } from "@sangam/sdk";
import { Icon } from "../blocks/Icon.tsx";
import { Name, Token } from "../blocks/small.tsx";
import { minutesSince, stopwatch } from "../desk/time.ts";
import { DoingChip, StatusChip, WhyChip } from "../desk/why.tsx";
import { desk } from "../desk/words.ts";
import { useByClinicTime } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { waitRange } from "../words/times.ts";

const NOW = new Set(["called", "in_service"]);

/** One guruji of a site as the centre may see them: tokens, how they stand and how long; never a name. */
export function SiteLane({ guruji, queue }: { guruji: GurujiRow; queue: readonly QueueEntry[] }) {
  const say = useWords(desk);
  const common = useCommon();
  const heading = `guruji-${guruji.id}`;
  const now = queue.filter((entry) => NOW.has(entry.status));
  const line = queue.filter((entry) => toBeCalled(entry.status));
  const aside = queue.filter((entry) => !NOW.has(entry.status) && !toBeCalled(entry.status));
  const facts = [
    guruji.room && common("room", { room: guruji.room }),
    say("waiting", { count: line.length }),
    waitRange(guruji.wait, common),
  ];
  return (
    <section className="lane" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          <Name>{guruji.name}</Name>
        </h2>
        <DoingChip guruji={guruji} queue={queue} />
        <p className="soft note">{facts.filter(Boolean).join(" · ")}</p>
      </header>
      <ol aria-label={say("now")}>
        {now.map((entry) => (
          <li key={entry.id} className="line now flow">
            <span className="place" /> <Token>{entry.token}</Token>
            <span className="tail">
              <StatusChip status={entry.status} kind={entry.status === "called" ? "solid" : "quiet"} />
              <Running at={entry.fields.startedAt ?? entry.fields.calledAt} />
            </span>
          </li>
        ))}
        {now.length === 0 && <li className="line now rest nobody soft">{say("nobodyNow")}</li>}
      </ol>
      <h3>
        <Icon name="hourglass" /> {common("waiting")} <span>{say("waited")}</span>
      </h3>
      {line.length === 0 ? (
        <p className="nobody soft">{say("nobodyWaits")}</p>
      ) : (
        <ol>
          {line.map((entry) => (
            <li key={entry.id} className={entry.band === 0 ? "line alarm" : "line"}>
              <span className="place">{entry.position}</span> <Token>{entry.token}</Token>
              <span className="tail">
                {entry.status === "waiting" ? (
                  <WhyChip entry={entry} />
                ) : (
                  <StatusChip status={entry.status} kind="quiet" />
                )}
                <Waited at={entry.checkedInAt} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {aside.length > 0 && (
        <>
          <h3>
            <Icon name="minus-circle" /> {say("aside")}
          </h3>
          <ol>
            {aside.map((entry) => (
              <li key={entry.id} className="line gone">
                <span className="place" /> <Token>{entry.token}</Token>
                <span className="tail">
                  <StatusChip status={entry.status} kind="quiet" />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Waited({ at }: { at: string | null }) {
  const common = useCommon();
  const minutes = useByClinicTime((now) => minutesSince(at, now), 10_000);
  return <span className="mins">{minutes === null ? "" : common("minutes", { count: minutes })}</span>;
}

function Running({ at }: { at: unknown }) {
  const from = typeof at === "string" ? at : null;
  const said = useByClinicTime((now) => stopwatch(from, now), 1000);
  return <span className="mins">{said ?? ""}</span>;
}
