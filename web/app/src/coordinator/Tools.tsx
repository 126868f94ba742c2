import type { RefObject } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { coordinator } from "./words.ts";

/** Above the lanes: find, check in, and at the far end, where nothing ever covers it, Emergency. */
export function Tools(props: {
  field: RefObject<HTMLInputElement | null>;
  typed: string;
  hits: number | null;
  onType(typed: string): void;
  /** Enter in the field: the first one found. */
  onFirst(): void;
  onCheckIn(): void;
  onSeveral(): void;
  onBookings(): void;
  onPeople(): void;
  onEmergency(): void;
}) {
  const say = useWords(coordinator);
  return (
    <div className="tools">
      <search className="field">
        <Icon name="search" />
        <input
          ref={props.field}
          type="search"
          placeholder={say("find")}
          aria-label={say("findPerson")}
          autoComplete="off"
          spellCheck={false}
          value={props.typed}
          onChange={(event) => props.onType(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") props.onFirst();
            if (event.key === "Escape") {
              props.onType("");
              event.currentTarget.blur();
            }
          }}
        />
        <kbd className="key">/</kbd>
      </search>
      <span className="soft note hits" role="status">
        {props.hits === null ? "" : say("found", { count: props.hits })}
      </span>
      <Button kind="main" icon="plus" shortcut="C" onClick={props.onCheckIn}>
        {say("checkIn")}
      </Button>
      <Button icon="users" shortcut="M" onClick={props.onSeveral}>
        {say("several")}
      </Button>
      <Button icon="calendar" shortcut="A" onClick={props.onBookings}>
        {say("bookings")}
      </Button>
      <Button icon="user" shortcut="W" onClick={props.onPeople}>
        {say("people")}
      </Button>
      <span className="push" />
      <Button kind="danger" icon="siren" shortcut="E" onClick={props.onEmergency}>
        {say("emergency")}
      </Button>
    </div>
  );
}
