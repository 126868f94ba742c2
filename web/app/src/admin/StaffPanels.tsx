import type { Outcome, Problem } from "@sangam/sdk";
import { type FormEvent, type ReactNode, useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { useWhy } from "../blocks/Drawer.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Notice } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClient } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { makePin, pinIsShort } from "./pin.ts";
import type { Member } from "./Staff.tsx";
import { admin } from "./words.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
const UNREACHED = new Set(["offline", "timeout", "aborted", "unavailable"]);

type Stage = { name: "asking" } | { name: "saving" } | { name: "refused"; error: Problem } | { name: "set" };

/** A PIN is sent at once or not at all, so its panel waits for the answer instead of the queue. */
function useSecret() {
  const client = useClient();
  const [stage, setStage] = useState<Stage>({ name: "asking" });
  function send(type: string, data: Record<string, unknown>) {
    setStage({ name: "saving" });
    void client.act(type, data, { optimistic: false }).settled.then((outcome: Outcome) => {
      if (outcome.status !== "rejected") return setStage({ name: "set" });
      // It is told here and now; the drawer would keep a refusal that cannot be sent again without its PIN.
      void client.discard(outcome.id);
      setStage({ name: "refused", error: outcome.error });
    });
  }
  return { stage, send };
}

function Frame(props: {
  title: string;
  form: string;
  go: string;
  stage: Stage;
  onClose(): void;
  children: ReactNode;
}) {
  const say = useWords(admin);
  const words = useWords(desk);
  const why = useWhy();
  const { stage, onClose } = props;
  return (
    <Panel
      title={props.title}
      onClose={onClose}
      foot={
        <>
          <span className="push" />
          {stage.name === "set" ? (
            <Button kind="main" icon="check" onClick={onClose}>
              {say("done")}
            </Button>
          ) : (
            <>
              <Button onClick={onClose}>{words("cancel")}</Button>
              <Button kind="main" icon="check" type="submit" form={props.form} disabled={stage.name === "saving"}>
                {stage.name === "saving" ? say("saving") : props.go}
              </Button>
            </>
          )}
        </>
      }
    >
      <div className="form">
        {stage.name === "refused" && (
          <Notice tone="alarm" icon="triangle-alert" loud title={say("notDone")}>
            {UNREACHED.has(stage.error.code) ? say("notNow") : why({ error: stage.error })}
          </Notice>
        )}
        {props.children}
      </div>
    </Panel>
  );
}

function PinField(props: { pin: string; short: boolean; onPin(pin: string): void; first?: boolean }) {
  const say = useWords(admin);
  return (
    <div className="pin-row">
      <Field
        label={say("pin")}
        value={props.pin}
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        wrong={props.short && say("pinShort")}
        data-first={props.first ? "" : undefined}
        onChange={(event) => props.onPin(event.currentTarget.value)}
      />
      <Button icon="repeat" onClick={() => props.onPin(makePin(random))}>
        {say("makeOne")}
      </Button>
    </div>
  );
}

function PinSet({ name, pin }: { name: string; pin: string }) {
  const say = useWords(admin);
  return (
    <div className="pin-set" role="status">
      <p>{say("pinSet", { name })}</p>
      <p className="code">{pin}</p>
      <p className="soft">{say("pinOnce")}</p>
    </div>
  );
}

/** A new PIN for somebody who is there already. */
export function PinPanel({ who, onClose }: { who: Member; onClose(): void }) {
  const say = useWords(admin);
  const { stage, send } = useSecret();
  const [pin, setPin] = useState("");
  const [short, setShort] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    if (pinIsShort(pin)) return setShort(true);
    send("staff.reset_pin", { staff: who.id, pin });
  }
  return (
    <Frame
      title={say("newPinFor", { name: who.name })}
      form="new-pin"
      go={say("savePin")}
      stage={stage}
      onClose={onClose}
    >
      {stage.name === "set" ? (
        <PinSet name={who.name} pin={pin} />
      ) : (
        <form id="new-pin" className="form" onSubmit={go} autoComplete="off">
          <p className="soft">{say("newPinWhy")}</p>
          <PinField
            first
            pin={pin}
            short={short}
            onPin={(next) => {
              setShort(false);
              setPin(next);
            }}
          />
        </form>
      )}
    </Frame>
  );
}

const ROLES = ["coordinator", "guruji", "admin"] as const;

/** Somebody new: a name, what they may do, and a first PIN. */
export function AddPanel({ onClose }: { onClose(): void }) {
  const say = useWords(admin);
  const { stage, send } = useSecret();
  const [name, setName] = useState("");
  const [role, setRole] = useState<(typeof ROLES)[number]>("coordinator");
  const [room, setRoom] = useState("");
  const [pin, setPin] = useState("");
  const [tried, setTried] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || pinIsShort(pin)) return;
    const inRoom = role === "guruji" && room.trim();
    send("staff.create", { name: name.trim(), role, pin, ...(inRoom ? { room: inRoom } : {}) });
  }
  return (
    <Frame title={say("addPerson")} form="add-person" go={say("addPerson")} stage={stage} onClose={onClose}>
      {stage.name === "set" ? (
        <PinSet name={name.trim()} pin={pin} />
      ) : (
        <form id="add-person" className="form" onSubmit={go} autoComplete="off">
          <Field
            label={say("name")}
            note={say("nameHow")}
            value={name}
            maxLength={200}
            data-first=""
            autoComplete="off"
            wrong={tried && !name.trim() && say("nameMissing")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <div>
            <p className="label">{say("asWhat")}</p>
            <Choice
              label={say("asWhat")}
              options={ROLES.map((value) => ({ value, label: say(`may.${value}`) }))}
              value={role}
              onChange={setRole}
            />
            {role === "guruji" && <p className="soft note">{say("gurujiGets")}</p>}
          </div>
          {role === "guruji" && (
            <Field
              label={say("room")}
              value={room}
              maxLength={40}
              onChange={(event) => setRoom(event.currentTarget.value)}
            />
          )}
          <PinField pin={pin} short={tried && pinIsShort(pin)} onPin={setPin} />
        </form>
      )}
    </Frame>
  );
}
