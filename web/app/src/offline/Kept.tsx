import { useEffect, useState } from "react";
import { Icon } from "../blocks/Icon.tsx";
import { Button } from "../blocks/small.tsx";
import { useTold } from "../screen/client.tsx";
import { useWords } from "../words/Language.tsx";
import { canStartAlone } from "./alone.ts";
import { offline } from "./words.ts";
import "./kept.css";

/**
 * Keeps the screens in this browser so that they start while the box is away, and says when the box has newer ones.
 * `ask`: somebody sits here who can choose when; a kiosk and a board begin anew at night.
 */
export function Kept({ ask }: { ask: boolean }) {
  const say = useWords(offline);
  const boot = useTold((state) => state.connection.boot);
  const [newer, setNewer] = useState(false);
  // A box that began anew may have been updated.
  useEffect(() => {
    if (boot === null) return;
    let gone = false;
    keepScreens();
    if (ask) isOld().then((old) => gone || setNewer(old));
    return () => {
      gone = true;
    };
  }, [boot, ask]);
  if (!newer) return null;
  return (
    <div className="newer" role="status">
      <p>
        <Icon name="download" /> {say("newer")}
      </p>
      <p className="actions">
        <Button onClick={() => setNewer(false)}>{say("later")}</Button>
        <Button kind="main" onClick={() => location.reload()}>
          {say("load")}
        </Button>
      </p>
    </div>
  );
}

/** Nothing depends on it: a browser that keeps nothing is one that cannot start alone. */
function keepScreens() {
  if (!canStartAlone()) return;
  navigator.serviceWorker
    .register("/worker.js")
    .then((kept) => kept.update())
    .catch(() => {});
}

/** Whether the box now serves this page with files that this page was not made of. */
async function isOld(): Promise<boolean> {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) return false;
    const named = (await answer.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g);
    return [...named].some(([, file]) => !document.querySelector(`[src="${file}"], [href="${file}"]`));
  } catch {
    return false;
  }
}
