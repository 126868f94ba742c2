import { clinicNow } from "@sangam/sdk";
import { useState } from "react";
import { Button, Name, Notice } from "../blocks/small.tsx";
import { useClient, useTold } from "../screen/client.tsx";
import { sameFields } from "../screen/same.ts";
import { staffWords } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { keepRead, readHere, unreadOf } from "./told.ts";

const words = staffWords({
  fromCentre: { en: "The centre announces: {title}", hi: "केंद्र की सूचना: {title}" },
  haveRead: { en: "I have read it", hi: "पढ़ लिया" },
});

/** What the centre announces, one at a time, until this person says that they have read it. */
export function Told() {
  const say = useWords(words);
  const client = useClient();
  const [read, setRead] = useState(readHere);
  const first = useTold(
    (state) => unreadOf(state, clinicNow(state, Date.now()), read)[0],
    sameFields,
    30_000,
  );
  if (!first) return null;
  function done(id: string) {
    keepRead(`${client.getState().session.user?.id ?? ""} ${id}`);
    setRead(readHere());
    client.act("announcement.acknowledge", { announcement: id });
  }
  return (
    <Notice tone="heed" icon="bell" title={say("fromCentre", { title: first.title })}>
      {first.body && (
        <p>
          <Name>{first.body}</Name>
        </p>
      )}
      <p className="actions">
        <Button icon="check" onClick={() => done(first.id)}>
          {say("haveRead")}
        </Button>
      </p>
    </Notice>
  );
}
