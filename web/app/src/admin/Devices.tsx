import { useRef, useState } from "react";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState, useClinicNow, usePlace } from "../screen/client.tsx";
import { later } from "../screen/later.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";
import { type DeviceRow, devicesOf, unsettled } from "./rows.ts";
import { admin } from "./words.ts";

const PairPanel = later(async () => (await import("./PairPanel.tsx")).PairPanel);

const KINDS = { kiosk: "kiosk", board: "monitor", printer: "printer", browser: "tablet" } as const;
const isKind = (kind: string): kind is keyof typeof KINDS => Object.hasOwn(KINDS, kind);
const iconOf = (kind: string): IconName => (isKind(kind) ? KINDS[kind] : "tablet");

/** Those who ask, with the code they show; then those let in. */
export function Devices() {
  const say = useWords(admin);
  const client = useClient();
  const state = useClientState();
  const place = useRef<HTMLDivElement>(null);
  const { asking, letIn } = useSteady(devicesOf(state), place);
  const sent = unsettled(state);
  const [out, setOut] = useState<DeviceRow | null>(null);
  const [adding, setAdding] = useState(false);
  const revoke = (device: string) => client.act("device.revoke", { device });
  return (
    <>
      <header>
        <div>
          <h2>{say("devices")}</h2>
          <p>{say("devicesHow")}</p>
        </div>
        <Button also="push" icon="plus" onClick={() => setAdding(true)}>
          {say("addDevice")}
        </Button>
      </header>
      <div className="rows" ref={place}>
        {asking.map((one) => (
          <Request
            key={one.id}
            device={one}
            sent={sent.has(one.id)}
            onApprove={() => client.act("device.approve", { device: one.id })}
            onRefuse={() => revoke(one.id)}
          />
        ))}
        {letIn.length === 0 ? (
          <Empty icon="tablet" title={say("noDevices")}>
            {say("noDevicesWhy")}
          </Empty>
        ) : (
          <LetIn devices={letIn} sent={sent} onOut={setOut} />
        )}
      </div>
      {adding && <PairPanel onClose={() => setAdding(false)} />}
      {out && (
        <Sure
          title={say("takeOutTitle", { name: out.name })}
          why={say("takeOutWhy")}
          does={say("takeOut")}
          onDo={() => revoke(out.id)}
          onClose={() => setOut(null)}
        />
      )}
    </>
  );
}

function Request(props: { device: DeviceRow; sent: boolean; onApprove(): void; onRefuse(): void }) {
  const { device, sent } = props;
  const say = useWords(admin);
  const { zone } = usePlace();
  const kind = isKind(device.kind) ? say(`kind.${device.kind}`) : device.kind;
  return (
    <section className="notice heed request" aria-labelledby={`asks-${device.id}`}>
      <Icon name={iconOf(device.kind)} />
      <strong id={`asks-${device.id}`}>{say("asksLetIn", { name: device.name || kind })}</strong>
      <p>
        {kind}. {device.requestedAt && say("asked", { time: clock(device.requestedAt, zone) })}{" "}
        {say("onlyIfCode")}
      </p>
      <p className="code">
        <span className="unseen">{say("code", { code: [...device.code].join(" ") })}</span>
        <span aria-hidden="true">{device.code}</span>
      </p>
      <div className="actions">
        <Button kind="main" disabled={sent} onClick={props.onApprove}>
          {say("letIn")}
        </Button>
        <Button kind="bare" disabled={sent} onClick={props.onRefuse}>
          {say("refuse")}
        </Button>
        {sent && (
          <Chip tone="rest" icon="send">
            {say("willSend")}
          </Chip>
        )}
      </div>
    </section>
  );
}

/** 10:24 of today, with its day else. */
function Seen({ at }: { at: string }) {
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const now = useClinicNow(60_000);
  const day = dayAndDate(at, lang, zone);
  return <>{[day !== dayAndDate(now, lang, zone) && day, clock(at, zone)].filter(Boolean).join(", ")}</>;
}

function LetIn(props: { devices: DeviceRow[]; sent: ReadonlySet<string>; onOut(device: DeviceRow): void }) {
  const say = useWords(admin);
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say("device")}</th>
          <th scope="col">{say("kind")}</th>
          <th scope="col">{say("state")}</th>
          <th scope="col">{say("lastSeen")}</th>
          <th scope="col">
            <span className="unseen">{say("actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.devices.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <Icon name={iconOf(one.kind)} />
              <Name>{one.name}</Name>
            </th>
            <td>{isKind(one.kind) ? say(`kind.${one.kind}`) : one.kind}</td>
            <td>
              {props.sent.has(one.id) ? (
                <Chip tone="rest" icon="send" kind="quiet">
                  {say("willSend")}
                </Chip>
              ) : (
                <Chip tone="flow" icon="check" kind="quiet">
                  {say("isLetIn")}
                </Chip>
              )}
            </td>
            <td>{one.lastSeen ? <Seen at={one.lastSeen} /> : say("notYet")}</td>
            <td>
              <Button
                aria-label={`${say("takeOut")}: ${one.name}`}
                disabled={props.sent.has(one.id)}
                onClick={() => props.onOut(one)}
              >
                {say("takeOut")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
