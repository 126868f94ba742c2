import { type FormEvent, useState } from "react";
import { Choice, Field } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { useClient } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import type { StaffRow } from "./rows.ts";
import { admin } from "./words.ts";

const ROLES = ["coordinator", "guruji", "admin"] as const;
type Role = (typeof ROLES)[number];
const PIN_LEAST = 6;

export function AddPanel({ onClose }: { onClose(): void }) {
  const say = useWords(admin);
  const client = useClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("coordinator");
  const [room, setRoom] = useState("");
  const [pin, setPin] = useState("");
  const [tried, setTried] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || pin.length < PIN_LEAST) return;
    const where = role === "guruji" && room.trim() ? { room: room.trim() } : {};
    client.act("staff.create", { name: name.trim(), role, pin, ...where });
    onClose();
  }
  return (
    <Panel title={say("add")} onClose={onClose} foot={<Foot does={say("add")} onClose={onClose} />}>
      <form id="staff-form" className="form" onSubmit={go} noValidate>
        <Field
          label={say("name")}
          data-first=""
          autoComplete="off"
          maxLength={200}
          value={name}
          wrong={tried && !name.trim() && say("nameMissing")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Choice<Role>
          label={say("may")}
          labelSeen
          options={ROLES.map((value) => ({ value, label: say(`role.${value}`) }))}
          value={role}
          onChange={setRole}
        />
        {role === "guruji" && (
          <Field
            label={say("roomOptional")}
            maxLength={40}
            value={room}
            onChange={(event) => setRoom(event.currentTarget.value)}
          />
        )}
        <PinField pin={pin} tried={tried} onPin={setPin} />
      </form>
    </Panel>
  );
}

export function PinPanel({ person, onClose }: { person: StaffRow; onClose(): void }) {
  const say = useWords(admin);
  const client = useClient();
  const [pin, setPin] = useState("");
  const [tried, setTried] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (pin.length < PIN_LEAST) return;
    client.act("staff.reset_pin", { staff: person.id, pin });
    onClose();
  }
  return (
    <Panel
      title={say("newPinFor", { name: person.name })}
      onClose={onClose}
      foot={<Foot does={say("save")} onClose={onClose} />}
    >
      <form id="staff-form" className="form" onSubmit={go} noValidate>
        <p className="soft">{say("newPinWhy")}</p>
        <PinField first pin={pin} tried={tried} onPin={setPin} />
      </form>
    </Panel>
  );
}

function PinField(props: { pin: string; tried: boolean; first?: boolean; onPin(pin: string): void }) {
  const say = useWords(admin);
  return (
    <Field
      label={say("pin")}
      type="password"
      autoComplete="new-password"
      {...(props.first ? { "data-first": "" } : {})}
      note={say("pinNote")}
      value={props.pin}
      wrong={props.tried && props.pin.length < PIN_LEAST && say("pinShort")}
      onChange={(event) => props.onPin(event.currentTarget.value)}
    />
  );
}

function Foot({ does, onClose }: { does: string; onClose(): void }) {
  const say = useWords(admin);
  return (
    <>
      <span className="push" />
      <Button onClick={onClose}>{say("cancel")}</Button>
      <Button kind="main" type="submit" form="staff-form">
        {does}
      </Button>
    </>
  );
}
