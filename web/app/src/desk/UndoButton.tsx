import { useActionWords } from "../blocks/actions.ts";
import { Button } from "../blocks/small.tsx";
import { useTold } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { lastActionOf, stillOffered, type Undo } from "./undo.ts";
import { desk } from "./words.ts";

/** The way back, with the seconds that are left; it keeps its place when there is nothing to take back. */
export function UndoButton({ undo, also = "" }: { undo: Undo; also?: string }) {
  const say = useWords(desk);
  const inWords = useActionWords();
  const { last } = undo;
  const leftS = useTold(
    (state) => {
      const now = Date.now();
      const offered = stillOffered(last, now, last && lastActionOf(state, last.entry));
      return offered ? Math.max(1, Math.ceil((last.until - now) / 1000)) : 0;
    },
    Object.is,
    500,
  );
  if (!last || leftS === 0) return <span className={`undo ${also}`} />;
  return (
    <span className={`undo ${also}`}>
      <Button kind="bare" icon="undo" shortcut="U" onClick={undo.undo}>
        {say("undoWhat", { what: inWords(last) })}{" "}
        <span className="soft" aria-hidden="true">
          {leftS} s
        </span>
      </Button>
    </span>
  );
}
