import { entryById, gurujisOf } from "@sangam/sdk";
import { useWhy } from "../blocks/actions.ts";
import { useLate } from "../blocks/lines.tsx";
import { Qr } from "../blocks/Qr.tsx";
import { Button, Empty, Name, Notice } from "../blocks/small.tsx";
import { useClient, useClientState, usePlace } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { pending } from "../words/pending.ts";
import { waitRange } from "../words/times.ts";
import { type Draft, EMPTY, nameOf } from "./draft.ts";
import { giveToken } from "./giveToken.ts";
import { panels } from "./panelWords.ts";

interface StepProps {
  draft: Draft;
  setDraft: Parameters<typeof giveToken>[2];
}

/** The token; or why there is none yet, or none at all. */
export function TokenStep({ draft, setDraft }: StepProps) {
  const say = useWords(panels);
  const late = useLate(300);
  if (!draft.outcome) {
    return late ? (
      <Empty icon="send" title={say("tokenLater")}>
        {say("tokenLaterWhy")}
      </Empty>
    ) : (
      <div className="got waiting" />
    );
  }
  if (draft.outcome.status === "rejected") return <NotGiven draft={draft} setDraft={setDraft} />;
  return <Given draft={draft} />;
}

function Given({ draft }: { draft: Draft }) {
  const say = useWords(panels);
  const common = useCommon();
  const state = useClientState();
  const { others } = usePlace();
  if (!draft.outcome || draft.outcome.status === "rejected") return null;
  const given = draft.outcome.data;
  const entry = entryById(state, given.entry);
  const guruji = gurujisOf(state).find((one) => one.id === (given.guruji ?? entry?.guruji));
  const ahead = entry?.ahead ?? given.ahead;
  const wait = given.longWait ? common("overTwoHours") : waitRange(given.wait, common);
  const name = nameOf(draft);
  return (
    <div className="got">
      <section className="mine" aria-label={say("checkedIn")}>
        {name && (
          <p className="label">
            <Name>{name}</Name>
          </p>
        )}
        <p className="token" role="status">
          {given.token}
        </p>
        {guruji && (
          <h3>
            <Name>{guruji.name}</Name>
            {guruji.room && `, ${common("room", { room: guruji.room })}`}
          </h3>
        )}
        <dl className="figures">
          <div>
            <dt>{say("peopleBefore")}</dt>
            <dd>{ahead ?? common("notKnown")}</dd>
          </div>
          <div>
            <dt>{say("about")}</dt>
            <dd>{wait ?? common("notKnown")}</dd>
          </div>
        </dl>
      </section>
      {given.link && (
        <aside className="slip">
          <Qr text={new URL(given.link, others).href} />
          <p>
            <strong>{say("onPhone")}</strong>
          </p>
          <p className="soft">{say("onPhoneWhy", { token: given.token })}</p>
        </aside>
      )}
    </div>
  );
}

function NotGiven({ draft, setDraft }: StepProps) {
  const say = useWords(panels);
  const words = useWords(pending);
  const client = useClient();
  const why = useWhy();
  if (draft.outcome?.status !== "rejected") return null;
  const { error, id } = draft.outcome;
  function anyway() {
    void client.discard(id);
    giveToken(client, draft, setDraft, true);
  }
  return (
    <Notice tone="alarm" icon="triangle-alert" loud title={why({ error })}>
      <p>{words("nothingChanged")}</p>
      {error.code === "closed" && (
        <p className="actions">
          <Button onClick={anyway}>{say("letInAnyway")}</Button>
        </p>
      )}
    </Notice>
  );
}

export function TokenFoot({ draft, setDraft, onClose }: StepProps & { onClose(): void }) {
  const say = useWords(panels);
  const client = useClient();
  const refused = draft.outcome?.status === "rejected";
  function change() {
    if (draft.action) void client.discard(draft.action);
    setDraft({ ...draft, step: "whom", action: null, outcome: null });
  }
  return (
    <>
      {refused && (
        <Button kind="bare" onClick={change}>
          {say("change")}
        </Button>
      )}
      <span className="push" />
      <Button icon="plus" onClick={() => setDraft(EMPTY)}>
        {say("another")}
      </Button>
      <Button kind="main" icon="check" shortcut="Enter" data-first="" onClick={onClose}>
        {say("done")}
      </Button>
    </>
  );
}
