import { type ReactNode, useState } from "react";
import { Panel } from "../blocks/Panel.tsx";
import { useClient } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { type Draft, EMPTY, nameOf } from "./draft.ts";
import { type CheckInProps, giveToken } from "./giveToken.ts";
import { PersonFoot, PersonStep } from "./PersonStep.tsx";
import { panels } from "./panelWords.ts";
import { TokenFoot, TokenStep } from "./TokenStep.tsx";
import { WhomFoot, WhomStep } from "./WhomStep.tsx";

/** Checks somebody in, in three screens above the desk. */
export function CheckIn(props: CheckInProps) {
  const { draft, setDraft, onClose } = props;
  const say = useWords(panels);
  const client = useClient();
  const [wrong, setWrong] = useState(false);
  const name = nameOf(draft);
  const close = () => {
    if (draft.step === "token") setDraft(EMPTY);
    onClose();
  };
  const steps = {
    person: {
      title: say("whoComes"),
      body: <PersonStep {...props} wrong={wrong} setWrong={setWrong} />,
      foot: <PersonFoot {...props} onClose={close} setWrong={setWrong} />,
    },
    whom: {
      title: name ? say("whomSees", { name }) : say("whomSee"),
      body: <WhomStep draft={draft} setDraft={setDraft} onGive={() => giveToken(client, draft, setDraft)} />,
      foot: <WhomFoot draft={draft} onBack={() => setDraft({ ...draft, step: "person" })} />,
    },
    token: {
      title: say(draft.outcome?.status === "rejected" ? "notGiven" : draft.outcome ? "checkedIn" : "asking"),
      body: <TokenStep draft={draft} setDraft={setDraft} />,
      foot: <TokenFoot draft={draft} setDraft={setDraft} onClose={close} />,
    },
  };
  const step = steps[draft.step];
  return (
    <Panel also="checkin" key={draft.step} title={step.title} onClose={close} foot={step.foot}>
      <Way at={draft.step} />
      {step.body}
    </Panel>
  );
}

const WAY = ["person", "whom", "token"] as const;

function Way({ at }: { at: Draft["step"] }): ReactNode {
  const say = useWords(panels);
  return (
    <ol className="steps" aria-label={say("steps")}>
      {WAY.map((step, i) => (
        <li
          key={step}
          {...(step === at ? { "aria-current": "step" as const } : {})}
          {...(i < WAY.indexOf(at) ? { className: "past" } : {})}
        >
          {say(`way.${step}`)}
        </li>
      ))}
    </ol>
  );
}
