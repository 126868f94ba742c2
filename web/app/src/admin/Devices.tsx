import { serverNow } from "@sangam/sdk";
import { type FormEvent, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient, useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock, span } from "../words/times.ts";
import { type Device, devicesOf, isHeard } from "./devices.ts";
import { admin } from "./words.ts";

const ICONS: Readonly<Record<string, IconName>> = {
  kiosk: "kiosk",
  board: "monitor",
  printer: "printer",
  browser: "tablet",
};

function useKindWord(): (kind: string) => string {
  const say = useWords(admin);
  return (kind) => (kind in ICONS ? say(`kind.${kind}` as "kind.kiosk") : kind);
}

/** Who asks to be let in, with the code it shows; then all that were let in. */
export function Devices() {
  const say = useWords(admin);
  const all = devicesOf(useClientState());
  const [revoking, setRevoking] = useState<Device | null>(null);
  const [past, setPast] = useState(false);
  const asking = all.filter((one) => one.state === "requested");
  const revoked = all.filter((one) => one.state === "revoked");
  const shown = all.filter((one) => one.state === "approved" || (past && one.state === "revoked"));
  return (
    <section className="page" aria-labelledby="devices">
      <header>
        <div>
          <h2 id="devices">{say("devices")}</h2>
          <p>{say("devicesHow")}</p>
        </div>
      </header>
      <div className="rows">
        {asking.map((one) => (
          <Asking key={one.id} device={one} />
        ))}
        {shown.length === 0 ? (
          <Empty icon="tablet" title={say("noDevices")}>
            {say("noDevicesWhy", { address: `${location.origin}/kiosk` })}
          </Empty>
        ) : (
          <Table devices={shown} onRevoke={setRevoking} />
        )}
        {revoked.length > 0 && !past && (
          <p>
            <Button kind="bare" onClick={() => setPast(true)}>
              {say("showRevoked", { count: revoked.length })}
            </Button>
          </p>
        )}
      </div>
      {revoking && <Revoke device={revoking} onClose={() => setRevoking(null)} />}
    </section>
  );
}

function Asking({ device }: { device: Device }) {
  const say = useWords(admin);
  const common = useCommon();
  const kindWord = useKindWord();
  const client = useClient();
  const now = useClinicNow(10_000);
  const [name, setName] = useState(device.name);
  const asked = Math.max(0, now - Date.parse(device.requestedAt));
  const heading = `asks-${device.id}`;
  const patch = (state: string) => ({
    optimistic: { kind: "device", id: device.id, fields: { state, name: name.trim() || device.name } },
  });
  function letIn(event: FormEvent) {
    event.preventDefault();
    const better = name.trim();
    client.act(
      "device.approve",
      { device: device.id, ...(better && better !== device.name ? { name: better } : {}) },
      patch("approved"),
    );
  }
  return (
    <section className="notice heed request" aria-labelledby={heading}>
      <Icon name={ICONS[device.kind] ?? "tablet"} />{" "}
      <strong id={heading}>{say("asksTitle", { kind: kindWord(device.kind) })}</strong>
      <p>
        {say("asksWhy", { name: device.name, ago: common("ago", { span: span(asked, common) }) })}
      </p>
      <p className="code">{device.code}</p>
      <form className="actions" onSubmit={letIn}>
        <Field label={say("calledName")} value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
        <Button kind="main" type="submit">
          {say("letIn")}
        </Button>
        <Button kind="bare" onClick={() => client.act("device.revoke", { device: device.id }, patch("revoked"))}>
          {say("refuse")}
        </Button>
      </form>
    </section>
  );
}

function Table({ devices, onRevoke }: { devices: readonly Device[]; onRevoke(device: Device): void }) {
  const say = useWords(admin);
  const kindWord = useKindWord();
  const { zone } = usePlace();
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say("device")}</th>
          <th scope="col">{say("kindHead")}</th>
          <th scope="col">{say("state")}</th>
          <th scope="col">{say("heard")}</th>
          <th scope="col">{say("letInAt")}</th>
          <th scope="col">
            <span className="unseen">{say("actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {devices.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <Icon name={ICONS[one.kind] ?? "tablet"} /> <Name>{one.name}</Name>
            </th>
            <td>{kindWord(one.kind)}</td>
            <td>
              <Standing device={one} />
            </td>
            <td>
              <Heard device={one} />
            </td>
            <td>{one.approvedAt && clock(one.approvedAt, zone)}</td>
            <td>
              {one.state === "approved" && (
                <Button onClick={() => onRevoke(one)}>
                  {say("putOut")}
                  <span className="unseen"> {one.name}</span>
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Standing({ device }: { device: Device }) {
  const say = useWords(admin);
  const state = useClientState();
  const now = useNow(10_000);
  if (device.state === "revoked") {
    return (
      <Chip tone="rest" icon="x" kind="quiet">
        {say("revoked")}
      </Chip>
    );
  }
  if (!device.lastSeen) {
    return (
      <Chip tone="rest" icon="help" kind="quiet">
        {say("unseen")}
      </Chip>
    );
  }
  return isHeard(device, serverNow(state, now)) ? (
    <Chip tone="flow" icon="activity" kind="quiet">
      {say("live")}
    </Chip>
  ) : (
    <Chip tone="rest" icon="moon">
      {say("silent")}
    </Chip>
  );
}

function Heard({ device }: { device: Device }) {
  const common = useCommon();
  const state = useClientState();
  const now = useNow(10_000);
  if (!device.lastSeen) return <span className="soft">{common("notKnown")}</span>;
  const ms = Math.max(0, serverNow(state, now) - Date.parse(device.lastSeen));
  return <>{common("ago", { span: span(ms, common) })}</>;
}

function Revoke({ device, onClose }: { device: Device; onClose(): void }) {
  const say = useWords(admin);
  const words = useWords(desk);
  const client = useClient();
  function go() {
    client.act(
      "device.revoke",
      { device: device.id },
      { optimistic: { kind: "device", id: device.id, fields: { state: "revoked" } } },
    );
    onClose();
  }
  return (
    <Panel
      title={say("putOutSure", { name: device.name })}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          <Button onClick={onClose} data-first="">
            {words("cancel")}
          </Button>
          <Button kind="main" icon="x" onClick={go}>
            {say("putOut")}
          </Button>
        </>
      }
    >
      <p>{say("putOutWhy")}</p>
    </Panel>
  );
}
