import { useEffect, useRef, useState } from "react";
import { Button, Notice } from "../blocks/small.tsx";
import { useClient } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { NotTaken, takeOutLarge } from "./takeOut.ts";
import { admin } from "./words.ts";

type Going =
  | { is: "idle" | "making" }
  | { is: "coming"; came: number; all: number }
  | { is: "taken"; bytes: number }
  | { is: "failed"; why: NotTaken };

const mb = (bytes: number) => (bytes / 1e6).toFixed(1);

/** Makes a backup and hands it to the browser. Whoever leaves the page while it comes gives it up. */
export function BackupNow() {
  const say = useWords(admin);
  const client = useClient();
  const [going, setGoing] = useState<Going>({ is: "idle" });
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const left = new AbortController();
    leaving.current = left;
    return () => left.abort();
  }, []);
  const busy = going.is === "making" || going.is === "coming";
  function make() {
    const { signal } = leaving.current;
    setGoing({ is: "making" });
    const told = (came: number, all: number) => setGoing({ is: "coming", came, all });
    takeOutLarge(client, "/api/v1/backup", told, signal).then(
      (bytes) => setGoing({ is: "taken", bytes }),
      (error) => {
        const why = error instanceof NotTaken ? error : new NotTaken("");
        if (!signal.aborted) setGoing({ is: "failed", why });
      },
    );
  }
  return (
    <>
      <Button icon="download" disabled={busy} onClick={make}>
        {say("backupNow")}
      </Button>
      <div className="below" aria-live="polite">
        {going.is === "making" && <p>{say("backupMaking")}</p>}
        {going.is === "taken" && <p>{say("backupTaken", { size: mb(going.bytes) })}</p>}
        {going.is === "failed" && <Failed why={going.why} />}
      </div>
      {going.is === "coming" && (
        <p className="below">
          <progress max={going.all} value={going.came} aria-label={say("backup")} />{" "}
          {say("backupComes", { came: mb(going.came), all: mb(going.all) })}
        </p>
      )}
    </>
  );
}

function Failed({ why }: { why: NotTaken }) {
  const say = useWords(admin);
  if (why.code === "not_allowed") {
    return (
      <Notice tone="heed" icon="key" title={say("backupNoKey")}>
        {say("backupNoKeyHow")}
      </Notice>
    );
  }
  return (
    <Notice tone="heed" icon="triangle-alert" title={say("backupFailed")}>
      {why.message || say("backupCut")}
    </Notice>
  );
}
