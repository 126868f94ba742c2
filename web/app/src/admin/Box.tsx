import { entriesWith, gurujisOf, serverNow } from "@sangam/sdk";
import type { ReactNode } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Button } from "../blocks/small.tsx";
import { canStartAlone } from "../offline/alone.ts";
import { offline } from "../offline/words.ts";
import { useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import { BackupNow } from "./BackupNow.tsx";
import { archiveFact, backupFact, clockFact, diskFact, type Fact, lineFact, useMeasured } from "./health.ts";
import { devicesOf, waitTruthOf } from "./rows.ts";
import { admin } from "./words.ts";

/** The box's health in words: what is so on the left, how we know below it. */
export function Box({ onDevices }: { onDevices(): void }) {
  const say = useWords(admin);
  const common = useCommon();
  const state = useClientState();
  const now = useNow(1000);
  const { status, toldAt, unheard } = useMeasured();
  const { asking, letIn } = devicesOf(state);
  if (!status) {
    return <Head title={say(unheard ? "boxUnheard" : "box")}>{unheard ? "" : <Bones />}</Head>;
  }
  const line = lineFact(status, serverNow(state, now), say, common);
  const disk = diskFact(status, say);
  const time = clockFact(status, say, common);
  const backup = backupFact(status, serverNow(state, now), say, common);
  const archive = archiveFact(status, say);
  const look = [line, disk, time, archive].some(({ tone }) => tone === "heed" || tone === "alarm");
  const ago = common("ago", { span: span(now - toldAt, common) });
  return (
    <Head
      title={say(
        unheard ? "boxUnheard" : look ? "boxLook" : backup.tone === "heed" ? "boxWellBackup" : "boxWell",
      )}
      how={unheard ? say("boxToldAgo", { ago }) : say("boxHow")}
    >
      <div className="split">
        <ul className="health">
          {backup.tone === "heed" && <BackupRow {...backup} />}
          <Row name={say("line")} {...line} />
          <Row name={say("disk")} {...disk} />
          <Row name={say("clock")} {...time} />
          {backup.tone !== "heed" && <BackupRow {...backup} />}
          <Row name={say("archive")} {...archive} />
          <Row
            name={say("screens")}
            tone={asking.length > 0 ? "heed" : "flow"}
            icon="monitor"
            so={say("letInCount", { count: letIn.length })}
            how={asking.length > 0 ? `${say("asks", { count: asking.length })}.` : say("nobodyAsks")}
          >
            <Button onClick={onDevices}>{say("seeDevices")}</Button>
          </Row>
          <Row
            name={say("version")}
            tone="rest"
            icon="download"
            so={status.version}
            how={say("versionHow")}
          />
          <StartsAlone />
        </ul>
        <Today />
      </div>
    </Head>
  );
}

function Head({ title, how, children }: { title: string; how?: string; children: ReactNode }) {
  return (
    <>
      <header>
        <div>
          <h2>{title}</h2>
          {how && <p>{how}</p>}
        </div>
      </header>
      {children}
    </>
  );
}

function Row(props: Fact & { name: string; children?: ReactNode }) {
  return (
    <li className={props.tone}>
      <span className="mark">
        <Icon name={props.icon} />
      </span>
      <h3>{props.name}</h3>
      <div>
        <strong className="so">{props.so}</strong>
        <p className="how">{props.how}</p>
      </div>
      {props.children}
    </li>
  );
}

/** How old the last backup is, and one more to be had. */
function BackupRow(fact: Fact) {
  return (
    <Row name={useWords(admin)("backup")} {...fact}>
      <BackupNow />
    </Row>
  );
}

/** Only an admin can do something about it, so only an admin reads it. */
function StartsAlone() {
  const say = useWords(offline);
  const can = canStartAlone();
  return (
    <Row
      name={say("alone")}
      tone="rest"
      icon="power"
      so={say(can ? "aloneCan" : "aloneCannot")}
      how={say(can ? "aloneCanHow" : "aloneCannotHow")}
    />
  );
}

/** The figures of the day, as this screen's own rows say. */
function Today() {
  const say = useWords(admin);
  const state = useClientState();
  const { zone } = usePlace();
  const now = useClinicNow(1000);
  const gurujis = gurujisOf(state).filter((one) => one.fields.disabled !== true);
  const truth = waitTruthOf(state);
  const figures = [
    [say("waiting"), entriesWith(state, "waiting", "no_answer").length],
    [say("inService"), entriesWith(state, "in_service").length],
    [say("gurujisHere"), gurujis.filter((one) => one.availability !== "off").length],
  ] as const;
  return (
    <section className="card" aria-labelledby="today">
      <h3 id="today">{say("today", { time: clock(now, zone) })}</h3>
      <dl className="figures">
        {figures.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      {truth.told > 0 && (
        <p className="soft note">
          {say("waitsHeld", { held: truth.held, told: truth.told })} {say("waitsAim")}
        </p>
      )}
    </section>
  );
}
