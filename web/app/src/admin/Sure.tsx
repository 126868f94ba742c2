import { Panel } from "../blocks/Panel.tsx";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { admin } from "./words.ts";

/** Asks once more before something that shuts somebody out. */
export function Sure(props: { title: string; why: string; does: string; onDo(): void; onClose(): void }) {
  const say = useWords(admin);
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
            kind="danger"
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
