import { Button } from "../blocks/small.tsx";
import { desk } from "../desk/words.ts";
import { useClinicNow } from "../screen/client.tsx";
import { soon } from "../screen/later.tsx";
import { useWords } from "../words/Language.tsx";
import type { Stage } from "./flow.ts";
import { guruji as words } from "./words.ts";
import type { Work } from "./work.ts";

const UndoButton = soon(async () => (await import("../desk/UndoButton.tsx")).UndoButton);

/** Hands find the same keys at the same place: the next step first, then the ways aside. */
export function Foot({ stage, work, waiting }: { stage: Stage; work: Work; waiting: number }) {
  const say = useWords(words);
  const common = useWords(desk);
  useClinicNow(1000); // a recall becomes possible by time alone
  const recall = work.on("recall");
  return (
    <footer className="keys">
      {stage.name === "here" && (
        <>
          <Button kind="main" icon="arrow-right" shortcut="N" onClick={work.main}>
            {say(waiting > 0 ? "finishNext" : "finish")}
          </Button>
          {waiting > 0 && (
            <Button icon="check" shortcut="F" onClick={work.on("complete")}>
              {say("finish")}
            </Button>
          )}
        </>
      )}
      {stage.name === "called" && (
        <>
          <Button icon="repeat" shortcut="R" disabled={!recall} onClick={recall}>
            {common("do.recall")}
          </Button>
          <Button icon="user-x" shortcut="S" onClick={work.on("no_answer")}>
            {common("do.no_answer")}
          </Button>
        </>
      )}
      {stage.name === "free" && (
        <Button kind="main" icon="bell" shortcut="N" disabled={!work.main} onClick={work.main}>
          {say("callNext")}
        </Button>
      )}
      {(stage.name === "here" || stage.name === "called") && (
        <>
          <Button icon="pause" shortcut="H" onClick={work.on("hold")}>
            {common("do.hold")}
          </Button>
          <Button icon="transfer" shortcut="T" onClick={work.on("transfer")}>
            {common("do.transfer")}
          </Button>
        </>
      )}
      <UndoButton undo={work.undo} also="push" />
    </footer>
  );
}
