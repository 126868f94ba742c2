import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { useCommon } from "../words/Language.tsx";
import { Icon } from "./Icon.tsx";

const REACHABLE =
  'a[href], button:not([disabled]), input:not([disabled]):not([tabindex="-1"]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex="0"]';

export interface PanelProps {
  title: ReactNode;
  /** At the foot; the one main action on the right with class "push". */
  foot?: ReactNode;
  also?: string;
  onClose(): void;
  children: ReactNode;
}

/**
 * A panel above the desk, which stays in sight and is out of reach meanwhile, as is a panel below this one. Focus goes
 * in, stays in, and returns to where it was; Escape closes. Closing must lose nothing: the caller keeps drafts.
 */
export function Panel({ title, foot, also, onClose, children }: PanelProps) {
  const say = useCommon();
  const heading = useId();
  const panel = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  // What had the focus may be gone from the panel, and then its keys reach the page alone.
  useEffect(() => {
    function astray(event: globalThis.KeyboardEvent) {
      if (event.target !== document.body || panel.current?.closest("[inert]")) return;
      if (event.key === "Escape") close.current();
      if (event.key !== "Tab") return;
      event.preventDefault();
      reachable(panel.current)[0]?.focus();
    }
    addEventListener("keydown", astray);
    return () => removeEventListener("keydown", astray);
  }, []);

  // Before it is seen: a key that is pressed then belongs to it, and not to what lies below.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const own = panel.current?.parentElement;
    const behind = [...document.querySelectorAll("#app, .over")].filter(
      (one) => one !== own && !one.hasAttribute("inert"),
    );
    for (const one of behind) one.setAttribute("inert", "");
    const first = panel.current?.querySelector<HTMLElement>("[data-first]") ?? reachable(panel.current)[1];
    (first ?? panel.current)?.focus();
    return () => {
      for (const one of behind) one.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") onClose();
    if (event.key !== "Tab") return;
    const stops = reachable(panel.current);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    if (event.shiftKey && document.activeElement === first) {
      event.preventDefault();
      last?.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first?.focus();
    }
  }

  return createPortal(
    <div className="over">
      <div
        className={also ? `panel ${also}` : "panel"}
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-labelledby={heading}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" className="button bare push" aria-label={say("close")} onClick={onClose}>
            <Icon name="x" />
          </button>
        </header>
        <div className="panel-body">{children}</div>
        {foot && <footer>{foot}</footer>}
      </div>
    </div>,
    document.body,
  );
}

/** In the order Tab visits them; the close button of the header comes first. */
function reachable(within: HTMLElement | null): HTMLElement[] {
  return within ? Array.from(within.querySelectorAll<HTMLElement>(REACHABLE)) : [];
}
