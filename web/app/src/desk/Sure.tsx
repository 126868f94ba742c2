import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { desk } from "./words.ts";

/** Asks once more before something that shuts somebody out; `calm` when it does not. */
export function Sure(props: {
  title: string;
  why: string;
  does: string;
  calm?: boolean;
  onDo(): void;
  onClose(): void;
}) {
  const say = useWords(desk);
  return (
    <Panel
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <span className="push" />
          <Button data-first="" onClick={props.onClose}>
            {say("cancel")}
          </Button>
          <Button
            kind={props.calm ? "main" : "danger"}
            onClick={() => {
              props.onDo();
              props.onClose();
            }}
          >
            {props.does}
          </Button>
        </>
      }
    >
      <p>{props.why}</p>
    </Panel>
  );
}
