import type { QueueEntry } from "@sangam/sdk";
import { Button, Chip, Empty } from "../blocks/small.tsx";
import { useSetAvailability } from "../desk/availability.ts";
import { recallInMs } from "../desk/moves.ts";
import { recallAfterS } from "../desk/settings.ts";
import { stopwatch } from "../desk/time.ts";
import { WhyChip } from "../desk/why.tsx";
import { desk } from "../desk/words.ts";
import { useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import type { Stage } from "./flow.ts";
import { nameOf, Who } from "./Who.tsx";
import { guruji as words } from "./words.ts";

/** The next one is called and has not come yet. */
export function Called({ entry, onStart }: { entry: QueueEntry; onStart: (() => void) | undefined }) {
  const say = useWords(words);
  const common = useWords(desk);
  const state = useClientState();
  const now = useClinicNow(1000);
  const { zone } = usePlace();
  const wait = recallInMs(entry, now, recallAfterS(state));
  const times = typeof entry.fields.recalls === "number" ? entry.fields.recalls + 1 : 1;
  const called = times === 1 ? say("calledOnce") : say("calledTimes", { n: times });
  return (
    <section className="person coming" aria-label={called}>
      <p>
        <Chip tone="flow" icon="bell" kind="solid">
          {called}
        </Chip>{" "}
        <WhyChip entry={entry} />
      </p>
      <p className="token">{entry.token}</p>
      <h2>{nameOf(entry, common("unnamed"))}</h2>
      <Who entry={entry} waited />
      <p className="timer">
        {stopwatch(String(entry.fields.calledAt ?? ""), now) ?? "–"}
        <span className="soft">
          {say("sinceCall")}
          {wait > 0 && ` · ${say("recallFrom", { time: clock(now + wait, zone) })}`}
        </span>
      </p>
      <Button kind="main" also="start" icon="play" shortcut="Enter" onClick={onStart}>
        {say("start")}
      </Button>
    </section>
  );
}

export function Free({ waiting }: { waiting: number }) {
  const say = useWords(words);
  const common = useWords(desk);
  return (
    <section className="person idle">
      {waiting > 0 ? (
        <Empty icon="hourglass" title={say("nobody")}>
          {common("waiting", { count: waiting })}
        </Empty>
      ) : (
        <Empty icon="check" title={say("nobodyWaits")}>
          {say("nobodyWaitsWhy")}
        </Empty>
      )}
    </section>
  );
}

export function Away({ stage, own }: { stage: Extract<Stage, { name: "away" }>; own: string }) {
  const say = useWords(words);
  const { zone } = usePlace();
  const set = useSetAvailability(own);
  const title = stage.off
    ? say("offNow")
    : stage.until
      ? say("breakUntil", { time: clock(stage.until, zone) })
      : say("breakNow");
  return (
    <section className="person idle">
      <Empty
        icon={stage.off ? "moon" : "pause"}
        title={title}
        action={
          <Button kind="main" icon="check" onClick={() => set("available")}>
            {say("comeBack")}
          </Button>
        }
      >
        {say("theyKnow")}
      </Empty>
    </section>
  );
}
