/**
 * One tab of a scope leads: it alone holds the socket, the others follow it over a BroadcastChannel. No Web Locks:
 * plain-HTTP pages have none.
 *
 * The leader says so every second. Whoever hears nothing for four seconds leads itself, under a higher term; of two
 * leaders the lower term steps down at the first word. For that moment two sockets are open, which harms nothing.
 */
import type { Msg, Shared } from "./state.ts";
import { createTimers } from "./timers.ts";
import type { Deps } from "./types.ts";
import type { EventEnvelope } from "./wire.ts";

export const channelName = "ashram-realtime-sync";
const heartbeatMs = 1_000;
const leaseMs = 4_000;
/** How long a new tab waits for a leader to answer. Same machine, so short. */
const answerMs = 60;

type Word =
  | { say: "who" }
  | { say: "lead"; term: number }
  | { say: "bye" }
  | { say: "shared"; to: string; term: number; n: number; shared: Shared }
  | { say: "msg"; n: number; msg: Msg }
  | { say: "events"; n: number; events: readonly EventEnvelope[] }
  | { say: "ask"; what: "nudge" | "refetch" }
  | { say: "note"; note: unknown };

type Said = Word & { from: string; scope: string };

export interface TabsOptions {
  deps: Deps;
  tab: string;
  /** This tab leads from now on, or follows. */
  leads: (leader: boolean) => void;
  shared: () => Shared;
  msg: (msg: Msg) => void;
  events: (events: readonly EventEnvelope[]) => void;
  asked: (what: "nudge" | "refetch") => void;
  /** A note of another tab under one of the scopes given to `listen`. */
  note: (scope: string, note: unknown) => void;
}

export interface Tabs {
  open(): void;
  close(): void;
  /** Leads or follows in a scope: one reader for all tabs of it. */
  join(scope: string): void;
  leave(): void;
  readonly leading: boolean;
  /** From the leader to its followers. */
  forward(msg: Msg): void;
  forwardEvents(events: readonly EventEnvelope[]): void;
  /** From a follower to its leader. */
  ask(what: "nudge" | "refetch"): void;
  /** To every other tab, whatever it leads or follows. */
  tell(scope: string, note: unknown): void;
  /** A good time to see whether the leader is still there: this tab just woke. */
  check(): void;
}

export function createTabs(options: TabsOptions): Tabs {
  const { deps, tab } = options;
  let channel: BroadcastChannel | null = null;
  let scope: string | null = null;
  let leader: string | null = null;
  let term = 0;
  let heardAt = 0;
  /** Number of the last word from the leader, to see that none is missing. */
  let n = 0;
  /** Of a leader: somebody asked, so changes are copied to them. Of a follower: its leader answered with the whole. */
  let met = false;
  const timers = createTimers<"next">(deps);

  const leading = () => scope !== null && leader === tab;

  function say(word: Word, to = scope): void {
    if (to !== null) channel?.postMessage({ ...word, from: tab, scope: to } satisfies Said);
  }

  function lead(): void {
    leader = tab;
    term++;
    heartbeat();
    options.leads(true);
  }

  function heartbeat(): void {
    say({ say: "lead", term });
    timers.set("next", heartbeatMs, heartbeat);
  }

  function watch(): void {
    const left = heardAt + leaseMs - deps.now();
    // Chance keeps two followers from leading in the same instant.
    timers.set("next", Math.max(1, left + deps.random() * 200), check);
  }

  function check(): void {
    if (scope === null || leading()) return;
    if (deps.now() - heardAt >= leaseMs) lead();
    else watch();
  }

  function follow(from: string, itsTerm: number): void {
    const before = leader;
    leader = from;
    term = itsTerm;
    heardAt = deps.now();
    if (before !== from) {
      met = false;
      options.leads(false);
    }
    if (!met) say({ say: "who" });
    watch();
  }

  function onLead(from: string, itsTerm: number): void {
    const theirs = itsTerm > term || (itsTerm === term && (leader === null || from >= leader));
    if (theirs) follow(from, itsTerm);
    else if (leading()) say({ say: "lead", term });
  }

  function hear(said: Said): void {
    if (said.from === tab) return;
    if (said.say === "note") {
      options.note(said.scope, said.note);
      return;
    }
    if (said.scope !== scope) return;
    switch (said.say) {
      case "who":
        if (!leading()) break;
        met = true;
        say({ say: "lead", term });
        say({ say: "shared", to: said.from, term, n, shared: options.shared() });
        break;
      case "lead":
        onLead(said.from, said.term);
        break;
      case "bye":
        if (said.from !== leader) break;
        leader = null;
        timers.set("next", deps.random() * 100, lead);
        break;
      case "shared":
        if (said.to !== tab || said.from !== leader) break;
        n = said.n;
        met = true;
        options.msg({ type: "shared", shared: said.shared });
        break;
      case "ask":
        if (leading()) options.asked(said.what);
        break;
      default:
        if (said.from !== leader || leading()) break;
        if (said.n !== n + 1) {
          say({ say: "who" });
          break;
        }
        n = said.n;
        if (said.say === "msg") options.msg(said.msg);
        else options.events(said.events);
    }
  }

  return {
    open() {
      if (channel || !deps.BroadcastChannel) return;
      channel = new deps.BroadcastChannel(channelName);
      channel.onmessage = (message: MessageEvent) => hear(message.data as Said);
    },
    close() {
      channel?.close();
      channel = null;
    },
    join(next) {
      scope = next;
      leader = null;
      term = 0;
      n = 0;
      met = false;
      if (!channel) {
        lead();
        return;
      }
      say({ say: "who" });
      timers.set("next", answerMs, lead);
    },
    leave() {
      if (leading()) say({ say: "bye" });
      scope = leader = null;
      timers.clear();
    },
    get leading() {
      return leading();
    },
    forward(msg) {
      if (leading() && met) say({ say: "msg", n: ++n, msg });
    },
    forwardEvents(events) {
      if (leading() && met) say({ say: "events", n: ++n, events });
    },
    ask: (what) => say({ say: "ask", what }),
    tell: (to, note) => say({ say: "note", note }, to),
    check,
  };
}
