import { entriesWith, gurujisOf, serverNow } from "@sangam/sdk";
import type { ReactNode } from "react";
import { Bones } from "../blocks/lines.tsx";
import { Button } from "../blocks/small.tsx";
import { useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { soon } from "../screen/later.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import { BackupNow } from "./BackupNow.tsx";
import { HealthRow as Row } from "./HealthRow.tsx";
import { archiveFact, backupFact, clockFact, diskFact, type Fact, lineFact, useMeasured } from "./health.ts";
import { devicesOf, waitTruthOf } from "./rows.ts";
import { admin } from "./words.ts";

const Trusted = soon(async () => (await import("./Trusted.tsx")).Trusted);

/** The box's health in words: what is so on the left, how we know below it. */
export function Box({ onDevices }: { onDevices(): void }) {
  const say = useWords(admin);
  const common = useCommon();
  const state = useClientState();
  const now = useNow(1000);
  const { told: status, toldAt, unheard } = useMeasured();
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
          <Trusted https={status.https} />
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

/** How old the last backup is, and one more to be had. */
function BackupRow(fact: Fact) {
  return (
    <Row name={useWords(admin)("backup")} {...fact}>
      <BackupNow />
    </Row>
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
