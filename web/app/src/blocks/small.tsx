import type { ComponentProps, ReactNode } from "react";
import { langOf, useCommon, useLanguage } from "../words/Language.tsx";
import { span } from "../words/times.ts";
import { Icon, type IconName } from "./Icon.tsx";

export type Tone = "flow" | "heed" | "rest" | "alarm";

const words = (...list: (string | false | undefined)[]) => list.filter(Boolean).join(" ");

/** Icon + word + tone, always all three. `solid` for the one that must be seen, `quiet` inside rows. */
export function Chip(props: { tone: Tone; icon: IconName; kind?: "solid" | "quiet"; children: ReactNode }) {
  return (
    <span className={words("chip", props.tone, props.kind)}>
      <Icon name={props.icon} /> {props.children}
    </span>
  );
}

export interface ButtonProps extends Omit<ComponentProps<"button">, "className"> {
  kind?: "main" | "danger" | "bare";
  icon?: IconName;
  /** The single key that presses it, shown as a kbd; the screen binds it with useKeys. */
  shortcut?: string;
  also?: string;
}

/** `main` is the one thing to do here; `danger` is for alarm only; `also` adds a screen's own class. */
export function Button({ kind, icon, shortcut, also, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={words("button", kind, also)}
      {...(shortcut ? { "aria-keyshortcuts": shortcut.replace("Esc", "Escape") } : {})}
    >
      {icon && <Icon name={icon} />} {children} {shortcut && <kbd className="key">{shortcut}</kbd>}
    </button>
  );
}

/** The number a person is known by here. */
export function Token({ children }: { children: string }) {
  return <strong className="token">{children}</strong>;
}

/** A person's or a place's own name, told apart by its script so that it is set and spoken right. */
export function Name({ children, className }: { children: string; className?: string }) {
  const { lang } = useLanguage();
  const own = langOf(children, lang);
  return (
    <span {...(className ? { className } : {})} {...(own && own !== lang ? { lang: own } : {})}>
      {children}
    </span>
  );
}

export interface AgeProps {
  /** Since the data was last heard; null when nothing was ever heard. */
  ms: number | null;
  offline?: boolean;
  /** Two beats of the node: older than that asks for attention. */
  staleAfterMs: number;
}

/** How old what you see is: seconds in grey, `heed` when older than two beats, offline in grey. */
export function Age({ ms, offline, staleAfterMs }: AgeProps) {
  const say = useCommon();
  if (ms === null) return <AgeLine icon="help">{say("unknown")}</AgeLine>;
  const said = span(ms, say);
  if (offline) return <AgeLine icon="cloud-off">{say("offlineFor", { span: said })}</AgeLine>;
  if (ms <= staleAfterMs) return <AgeLine icon={ms < 10_000 ? "activity" : "clock"}>{said}</AgeLine>;
  return (
    <AgeLine icon="clock" tone="heed">
      {say("old", { span: said })}
    </AgeLine>
  );
}

function AgeLine(props: { icon: IconName; tone?: Tone; children: ReactNode }) {
  return (
    <p className={words("age", props.tone)}>
      <Icon name={props.icon} /> {props.children}
    </p>
  );
}

/** What is so, why, and what you can do. `loud` interrupts a screen reader: for refusals only. */
export function Notice(props: {
  tone: Tone;
  icon: IconName;
  title: ReactNode;
  loud?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className={words("notice", props.tone)} role={props.loud ? "alert" : "status"}>
      <Icon name={props.icon} /> <strong>{props.title}</strong>
      {typeof props.children === "string" ? <p>{props.children}</p> : props.children}
    </div>
  );
}

/**
 * One sentence, where things will appear, the one action; also for what may not be seen (`lock`). `page`: nothing
 * else is on the page, so its title is the page's.
 */
export function Empty(props: {
  icon: IconName;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  page?: boolean;
}) {
  return (
    <div className="empty">
      <Icon name={props.icon} /> {props.page ? <h1>{props.title}</h1> : <strong>{props.title}</strong>}
      {typeof props.children === "string" ? <p>{props.children}</p> : props.children}
      {props.action}
    </div>
  );
}

/** A thing that is so until changed: its words name the thing, `heed` when on means somebody should look. */
export function Switch(props: {
  on: boolean;
  tone?: Tone;
  disabled?: boolean;
  onChange(on: boolean): void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      role="switch"
      className={words("switch", props.tone ?? "flow")}
      aria-checked={props.on}
      disabled={props.disabled}
      onClick={() => props.onChange(!props.on)}
    >
      {props.children}
    </button>
  );
}
