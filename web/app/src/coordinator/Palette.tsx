import { gurujisOf, type QueueEntry } from "@sangam/sdk";
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Icon } from "../blocks/Icon.tsx";
import { Button, Empty, Token } from "../blocks/small.tsx";
import { minutesSince } from "../desk/time.ts";
import { StatusChip, statusLook } from "../desk/why.tsx";
import { useClientState, useClinicNow } from "../screen/client.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { type Deed, type Hit, hitsFor } from "./hits.ts";
import { Marked } from "./Marked.tsx";
import { panels } from "./panelWords.ts";
import { coordinator } from "./words.ts";

export interface PaletteProps {
  people: readonly QueueEntry[];
  chosen: QueueEntry | null;
  deedsOf(entry: QueueEntry): readonly Deed[];
  ofScreen: readonly Deed[];
  onOpen(entry: QueueEntry): void;
  onNew(name: string): void;
  onKeys(): void;
  onClose(): void;
}

/** One field that finds people and does things. What is typed stays in the field, the arrows choose. */
export function Palette(props: PaletteProps) {
  const { people, chosen, deedsOf, ofScreen, onClose } = props;
  const say = useWords(panels);
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const hits = hitsFor(typed, people, chosen, deedsOf, ofScreen);
  const chosenAt = Math.min(at, Math.max(0, hits.length - 1));
  const asNew = typed.trim();

  // Before it is seen: a key that is pressed then belongs to it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const desk = document.getElementById("app");
    desk?.setAttribute("inert", "");
    field.current?.focus();
    return () => {
      desk?.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const headingOf = (hit: Hit) =>
    hit.group === "deed"
      ? say("group.deed", { who: [hit.of.token, hit.of.name].filter(Boolean).join(" ") })
      : say(`group.${hit.group}`);

  function run(hit: Hit | undefined) {
    onClose();
    if (!hit) {
      if (asNew) props.onNew(asNew);
    } else if (hit.group === "person") props.onOpen(hit.entry);
    else hit.deed.run();
  }
  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") return onClose();
    if (event.key === "Tab") return event.preventDefault(); // the field is the one stop of this panel
    if (event.key === "Enter") {
      event.preventDefault();
      return run(hits[chosenAt]);
    }
    if (event.key === "?" && !typed) {
      event.preventDefault();
      return props.onKeys();
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || hits.length === 0) return;
    event.preventDefault();
    setAt((chosenAt + step + hits.length) % hits.length);
  }

  return createPortal(
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes as well
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the panel is a second way out
    <div className="over palette" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div
        className="panel"
        role="dialog"
        aria-modal="true"
        aria-label={say("finder")}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <header className="finder">
          <Icon name="search" />
          <input
            ref={field}
            type="text"
            role="combobox"
            aria-expanded={hits.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-label={say("finder")}
            aria-activedescendant={hits.length > 0 ? `${list}-${chosenAt}` : undefined}
            placeholder={say("finderHint")}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setAt(0);
            }}
          />
          <kbd className="key">Esc</kbd>
        </header>
        <div className="hits" role="listbox" id={list} aria-label={say("hits")}>
          {grouped(hits, headingOf).map(([heading, from, own]) => (
            // biome-ignore lint/a11y/useSemanticElements: options stand in groups of a listbox
            <div key={from} role="group" aria-label={heading}>
              <p className="label" role="presentation">
                {heading}
              </p>
              {own.map((hit, i) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys of the whole list
                <div
                  key={hit.key}
                  id={`${list}-${from + i}`}
                  className={hit.group === "person" ? "hit" : "hit plain"}
                  role="option"
                  tabIndex={-1}
                  aria-selected={from + i === chosenAt}
                  onClick={() => run(hit)}
                >
                  <HitLine hit={hit} typed={typed} />
                </div>
              ))}
            </div>
          ))}
        </div>
        {hits.length === 0 && (
          <Empty icon="search" title={say("noHits", { text: asNew })}>
            <p>{say("noHitsWhy", { count: people.length })}</p>
            {asNew && (
              <p>
                {say("checkInAs", { text: asNew })} <kbd className="key">Enter</kbd>
              </p>
            )}
          </Empty>
        )}
        <footer className="how">
          <span>
            <kbd className="key">↑</kbd> <kbd className="key">↓</kbd> {say("howChoose")}
          </span>
          <span>
            <kbd className="key">Enter</kbd> {say("howDo")}
          </span>
          <Button kind="bare" also="push" icon="keyboard" shortcut="?" tabIndex={-1} onClick={props.onKeys}>
            {say("allKeys")}
          </Button>
        </footer>
      </div>
    </div>,
    document.body,
  );
}

/** Groups in their order, each with its heading and the index of its first hit. */
function grouped(
  hits: readonly Hit[],
  headingOf: (hit: Hit) => string,
): readonly [string, number, readonly Hit[]][] {
  const groups: [string, number, Hit[]][] = [];
  hits.forEach((hit, i) => {
    const last = groups[groups.length - 1];
    const heading = headingOf(hit);
    if (last?.[0] === heading) last[2].push(hit);
    else groups.push([heading, i, [hit]]);
  });
  return groups;
}

function HitLine({ hit, typed }: { hit: Hit; typed: string }): ReactNode {
  if (hit.group !== "person") {
    return (
      <>
        <Icon name={hit.deed.icon} /> <span className="name">{hit.deed.name}</span>
        <span className="tail">{hit.deed.shortcut && <kbd className="key">{hit.deed.shortcut}</kbd>}</span>
      </>
    );
  }
  const { entry } = hit;
  return (
    <>
      <Icon name={statusLook(entry.status).icon} /> <Token>{entry.token}</Token>
      <span className="name">{entry.name && <Marked typed={typed}>{entry.name}</Marked>}</span>
      <span className="tail">
        <Stands entry={entry} />
      </span>
    </>
  );
}

/** Where they stand: place, room and minutes of who waits, a status else. */
function Stands({ entry }: { entry: QueueEntry }) {
  const say = useWords(coordinator);
  const common = useCommon();
  const guruji = gurujisOf(useClientState()).find((one) => one.id === entry.guruji);
  const minutes = minutesSince(entry.checkedInAt, useClinicNow(10_000));
  if (entry.status !== "waiting" || !entry.position) return <StatusChip status={entry.status} kind="quiet" />;
  const facts = [
    say("placeIs", { n: entry.position }),
    guruji?.room && common("room", { room: guruji.room }),
    minutes !== null && common("minutes", { count: minutes }),
  ];
  return <span className="soft note">{facts.filter(Boolean).join(" · ")}</span>;
}
