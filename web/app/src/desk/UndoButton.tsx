import { useActionWords } from "../blocks/actions.ts";
import { Button } from "../blocks/small.tsx";
import { useClient } from "../screen/client.tsx";
import { useNow } from "../screen/now.ts";
import { useWords } from "../words/Language.tsx";
import { lastActionOf, stillOffered, type Undo } from "./undo.ts";
import { desk } from "./words.ts";

/** The way back, with the seconds that are left; it keeps its place when there is nothing to take back. */
export function UndoButton({ undo, also = "" }: { undo: Undo; also?: string }) {
  const say = useWords(desk);
  const inWords = useActionWords();
  const client = useClient();
  const now = useNow(500);
  const { last } = undo;
  if (!stillOffered(last, now, last && lastActionOf(client, last.entry)))
    return <span className={`undo ${also}`} />;
  return (
    <span className={`undo ${also}`}>
      <Button kind="bare" icon="undo" shortcut="U" onClick={undo.undo}>
        {say("undoWhat", { what: inWords(last) })}{" "}
        <span className="soft" aria-hidden="true">
          {Math.max(1, Math.ceil((last.until - now) / 1000))} s
        </span>
      </Button>
    </span>
  );
}
