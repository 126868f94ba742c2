import type { Shape } from "@sangam/sdk";
import { useRef, useState } from "react";
import { Icon, type IconName } from "../blocks/Icon.tsx";
import { Button, Chip, Empty, Name } from "../blocks/small.tsx";
import { useSteady } from "../blocks/steady.ts";
import { Sure } from "../desk/Sure.tsx";
import { useClient, useClientState, usePlace } from "../screen/client.tsx";
import { later } from "../screen/later.tsx";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { useAsked } from "./asked.ts";
import { Moment } from "./Moment.tsx";
import { type DeviceRow, devicesOf, unsettled } from "./rows.ts";
import { watch } from "./watchWords.ts";
import { admin } from "./words.ts";

const PairPanel = later(async () => (await import("./PairPanel.tsx")).PairPanel);

const KINDS = { kiosk: "kiosk", board: "monitor", printer: "printer", browser: "tablet" } as const;
/** These show a screen of their own, and so are heard. */
const SCREENS = new Set(["kiosk", "board"]);
const ASK_EVERY_MS = 10_000;
type Now = Shape<"DevicesNow">["rows"][number];
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

function LetIn(props: { devices: DeviceRow[]; sent: ReadonlySet<string>; onOut(device: DeviceRow): void }) {
  const say = useWords(admin);
  const tell = useWords(watch);
  const { told, unheard } = useAsked<Shape<"DevicesNow">>("/api/v1/devices", ASK_EVERY_MS);
  const nows = new Map((unheard ? [] : (told?.rows ?? [])).map((row) => [row.device, row]));
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say("device")}</th>
          <th scope="col">{say("kind")}</th>
          <th scope="col">{say("state")}</th>
          <th scope="col">{tell("heard")}</th>
          <th scope="col">{tell("doesNow")}</th>
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
              <StateChip device={one} now={nows.get(one.id)} sent={props.sent.has(one.id)} />
            </td>
            <td>
              <HeardAt at={nows.get(one.id)?.heardAt || one.lastSeen} />
            </td>
            <td>
              <DoesNow device={one} now={nows.get(one.id)} />
            </td>
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

/** Kiosks and boards are heard; of others it is only known that they were let in, and so of all while the box is silent. */
function StateChip({ device, now, sent }: { device: DeviceRow; now: Now | undefined; sent: boolean }) {
  const say = useWords(admin);
  const tell = useWords(watch);
  const [tone, icon, word] = sent
    ? (["rest", "send", say("willSend")] as const)
    : !now || !SCREENS.has(device.kind)
      ? (["rest", "check", say("isLetIn")] as const)
      : now.live
        ? (["flow", "activity", tell("live")] as const)
        : now.heardAt || device.lastSeen
          ? (["rest", "moon", tell("silent")] as const)
          : (["heed", "key", tell("unused")] as const);
  return (
    <Chip tone={tone} icon={icon} kind="quiet">
      {word}
    </Chip>
  );
}

function HeardAt({ at }: { at: string }) {
  const say = useWords(admin);
  return at ? <Moment at={at} /> : say("notYet");
}

/** What the box itself has seen of it: the tokens of a kiosk, the ear of a board. */
function DoesNow({ device, now }: { device: DeviceRow; now: Now | undefined }) {
  const tell = useWords(watch);
  const { zone } = usePlace();
  if (!now || !SCREENS.has(device.kind)) return null;
  const heardBefore = now.heardAt || device.lastSeen;
  const does =
    device.kind === "kiosk"
      ? now.lastTokenAt
        ? tell("gave", { count: now.tokens, time: clock(now.lastTokenAt, zone) })
        : tell("gaveNone")
      : now.live && tell("shows");
  const look = !now.live && heardBefore && tell("lookAtIt");
  return <>{[does, look].filter(Boolean).join(". ")}</>;
}
