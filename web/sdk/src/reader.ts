/**
 * Reads one audience: a snapshot, then the socket, with polls of the same cursor beside and behind it.
 *
 * It promises that every frame it applies continues the one before, that an event is heard once, and that
 * `realtime` is only said while beats arrive in time on a whole chain. It refuses to guess: what is not proven
 * is `unknown`.
 */
import { createChain } from "./chain.ts";
import { clockAfter, type Told } from "./clock.ts";
import { elapsedMs, modeOf, silenceMs } from "./evidence.ts";
import { type Http, SangamError } from "./http.ts";
import { backoff, between, pollDelay, retryDelay, slowAnswerMs } from "./schedule.ts";
import { type Line, openLine } from "./socket.ts";
import type { Msg } from "./state.ts";
import { createTimers } from "./timers.ts";
import type { Deps, PollingIntervals, State } from "./types.ts";
import type {
  ChangesAnswer,
  EventEnvelope,
  ServerFrame,
  SnapshotAnswer,
  StatusAnswer,
  WireAction,
  WireResult,
} from "./wire.ts";

export interface ReaderOptions {
  deps: Deps;
  http: Http;
  polling: PollingIntervals;
  view: string;
  site?: string | undefined;
  getState: () => State;
  dispatch: (msg: Msg) => void;
  emit: (events: readonly EventEnvelope[]) => void;
  result: (result: WireResult) => void;
  /** The socket went away: no result of an action sent on it will come. */
  socketLost: () => void;
  /** The node answered after it had not: what waits may be sent. */
  reachable: () => void;
  /** The session is not, or no longer, what it was: `forbidden`, `unauthenticated` or `reset`. */
  sessionDoubted: (why: "unauthenticated" | "forbidden" | "reset") => void;
  log: (line: string) => void;
}

export interface Reader {
  start(): void;
  stop(): void;
  /** True when the frame went out on a live socket. */
  act(action: WireAction): boolean;
  /** Something suggests that now is a good time to ask: the tab woke, a request failed, the network changed. */
  nudge(): void;
  refetch(): Promise<void>;
}

export function createReader(options: ReaderOptions): Reader {
  const { deps, http, dispatch, getState, log } = options;
  let running = false;
  /** Counts starts and stops: an answer to an earlier run is not for this one. */
  let run = 0;
  let line: Line | null = null;
  let greeted = false;
  let dialledAt = 0;
  /** The node's clock minus this device's is at most this, measured when the socket was dialled. */
  let offsetAtMost = 0;
  let triedSocket = false;
  let polledAt = 0;
  let socketFailures = 0;
  let pollFailures = 0;
  /** The last request failed because nothing answered. */
  let unreachable = false;
  let polling: Promise<void> | null = null;
  let statusAskedAt = 0;
  const chain = createChain();
  const timers = createTimers<"poll" | "socket" | "fresh" | "late" | "proof" | "check">(deps);

  const connection = () => getState().connection;
  const live = () => connection().mode === "realtime";
  const know = (known: Partial<State["connection"]>) => dispatch({ type: "connection", connection: known });
  const soon = () => between([50, 500], deps.random);
  // A poll is proof for as long as the slowest rhythm lasts, and once more for the answer's way.
  const pollProofMs = 2 * options.polling.fallback[1];

  // ---- what is known of the connection

  function judge(): void {
    const { beatMs, socketId, lastHeardAt } = connection();
    const mode = modeOf({
      heard: lastHeardAt !== null,
      // The timers know of time that a clock which was set hides, the clock of time in which no timer ran.
      fresh: timers.has("fresh") && elapsedMs(lastHeardAt, deps.now()) <= silenceMs(beatMs),
      polled: timers.has("proof") && elapsedMs(polledAt, deps.now()) <= pollProofMs,
      greeted,
      doubt: chain.doubt,
      triedSocket,
      pollFailures,
      unreachable,
    });
    if (mode !== connection().mode) log(mode);
    know({
      mode,
      retryCount: Math.max(pollFailures, socketFailures),
      socketId: greeted ? socketId : null,
    });
    if (mode === "offline") timers.cancel("socket"); // a poll that is answered opens it again
  }

  /** What is shown was whole at this moment of this device's clock. */
  function wholeAt(at: number): void {
    know({ lastHeardAt: at });
    const left = silenceMs(connection().beatMs) - elapsedMs(at, deps.now());
    if (left >= 0) timers.set("fresh", left + 1, silence);
  }

  /** Nothing for two beats says that what is shown is whole. */
  function silence(): void {
    if (greeted) redial("silence");
    else judge();
  }

  /** The line is not believed any more: a new one, and meanwhile a poll. */
  function redial(why: string): void {
    log(why);
    dropLine();
    judge();
    timers.set("socket", backoff(1, 1_000, deps.random), openSocket);
    void poll();
  }

  function tick(told: Told, fresh: boolean): void {
    dispatch({ type: "clock", clock: clockAfter(getState().clock, told, deps.now(), fresh) });
  }

  function failed(error: unknown): void {
    if (!(error instanceof SangamError) || error.code === "aborted") return;
    if (error.status === 401 || error.status === 403) {
      options.sessionDoubted(error.status === 401 ? "unauthenticated" : "forbidden");
      return;
    }
    pollFailures++;
    unreachable = error.unreachable;
    judge();
    schedulePoll(error.retryAfterMs === null ? undefined : Math.max(error.retryAfterMs, 250));
  }

  function answered(tookMs: number): void {
    const wasAway = pollFailures > 0 || connection().lastHeardAt === null;
    pollFailures = 0;
    unreachable = false;
    polledAt = deps.now();
    timers.set("proof", pollProofMs, judge);
    // One slow answer makes it slow; it takes a quick one by some margin to count as good again.
    const slow = tookMs > (connection().slow ? slowAnswerMs / 2 : slowAnswerMs);
    know({ slow });
    if (wasAway) options.reachable();
  }

  // ---- polls

  function schedulePoll(ms?: number): void {
    const { mode, slow } = connection();
    // Failing polls come at the pace of the retry table; when its tries are used up, and when offline, one knocks
    // at the pace of the polling table.
    const table = mode === "realtime" ? mode : "fallback";
    const retry = pollFailures > 0 ? retryDelay(table, pollFailures, deps.random) : null;
    const usual = pollDelay(options.polling, mode, slow, deps.random);
    timers.set("poll", ms ?? (mode === "offline" || retry === null ? usual : retry), () => void poll());
  }

  function poll(): Promise<void> {
    const mine = run;
    polling ??= judged(chain.cursor === null ? takeSnapshot() : readChanges(chain.cursor))
      .catch(() => {})
      .finally(() => {
        if (mine === run) polling = null;
      });
    return polling;
  }

  /** What an answer that did not come says of the connection, before whoever asked hears of it. */
  async function judged(answer: Promise<void>): Promise<void> {
    const mine = run;
    try {
      await answer;
    } catch (error) {
      if (mine === run) failed(error);
      throw error;
    }
  }

  async function takeSnapshot(): Promise<void> {
    const mine = run;
    const asked = new URLSearchParams({
      view: options.view,
      ...(options.site ? { site: options.site } : {}),
    });
    const { body, tookMs } = await http.send("GET", `/api/v1/snapshot?${asked}`);
    if (mine !== run) return;
    const snapshot = body as SnapshotAnswer;
    chain.stand(snapshot.cursor);
    dispatch({ type: "snapshot", answer: snapshot, at: deps.now() });
    answered(tookMs);
    wholeAt(deps.now() - tookMs);
    judge();
    if (line && greeted) resume(line);
    else openSocket();
    schedulePoll();
    void askStatus();
  }

  async function readChanges(since: string): Promise<void> {
    const mine = run;
    const { status, body, tookMs } = await http.send(
      "GET",
      `/api/v1/changes?since=${encodeURIComponent(since)}`,
    );
    if (mine !== run) return;
    answered(tookMs);
    const answer = status === 304 ? null : (body as ChangesAnswer);
    if (answer?.reset) {
      await reset(answer.reset);
      return;
    }
    if (greeted) {
      if (!answer && chain.cursor === since && !chain.doubt) wholeAt(deps.now() - tookMs);
      checkSocket(since, answer);
      judge();
      schedulePoll(live() ? undefined : 1_000);
      return;
    }
    if (chain.cursor !== since) return; // the socket opened meanwhile and moved on
    if (answer) {
      chain.stand(answer.cursor);
      apply(answer.cursor, answer);
    }
    wholeAt(deps.now() - tookMs);
    judge();
    if (!line && !timers.has("socket")) openSocket();
    schedulePoll(answer?.more ? 0 : undefined);
    void askStatus();
  }

  /**
   * A poll beside a live socket only checks it. A commit may be in an answer a moment before its frame arrives, so
   * the socket has two seconds to bring it; one that still stands where it stood does not tell what happens.
   */
  function checkSocket(since: string, answer: ChangesAnswer | null): void {
    if (!answer || (answer.changes.length === 0 && answer.events.length === 0) || chain.cursor !== since)
      return;
    if (timers.has("check")) return;
    const checked = line;
    timers.set("check", 2_000, () => {
      if (line !== checked || chain.cursor !== since) return;
      socketFailures++;
      redial("the socket is deaf");
    });
  }

  /** The uplink comes with beats; without a socket it is asked for, at most every 15 s. */
  async function askStatus(): Promise<void> {
    if (greeted || deps.now() - statusAskedAt < 15_000) return;
    statusAskedAt = deps.now();
    const mine = run;
    // Polls judge whether the node answers; when it does not, the uplink is simply not known.
    const status = await http.send("GET", "/api/v1/status").catch(() => null);
    const uplink = (status?.body as StatusAnswer | undefined)?.uplink ?? null;
    if (mine === run && !greeted) dispatch({ type: "uplink", uplink });
  }

  // ---- the socket

  function openSocket(): void {
    if (!running || line || chain.cursor === null) return;
    timers.cancel("socket");
    dialledAt = deps.now();
    const opened = openLine(deps, http.socketUrl(chain.cursor), {
      frame: (frame) => {
        if (running && line === opened) onFrame(opened, frame);
      },
      ended: (code) => {
        if (line === opened) onEnded(code);
      },
    });
    line = opened;
  }

  function dropLine(): void {
    line?.close();
    lost();
  }

  function lost(): void {
    const wasLive = greeted;
    line = null;
    greeted = false;
    chain.lost();
    if (!wasLive) return;
    timers.cancel("proof"); // what a poll proved before the socket went is not what is so after
    options.socketLost();
  }

  function onEnded(code: number): void {
    log(`socket ${code}`);
    // 1013: this client fell behind. It is not the line's fault; resume at once.
    const wasLive = greeted;
    const behind = code === 1013 && wasLive;
    if (!behind) socketFailures++;
    triedSocket = true;
    lost();
    judge();
    const pause = behind ? soon() : backoff(socketFailures, 1_000, deps.random);
    if (connection().mode !== "offline") timers.set("socket", pause, openSocket);
    if (wasLive || socketFailures <= 2) void poll();
  }

  function onFrame(from: Line, frame: ServerFrame): void {
    switch (frame.frame) {
      case "hello":
        onHello(from, frame);
        break;
      case "changes":
        onChanges(from, frame);
        break;
      case "beat":
        onBeat(from, frame);
        break;
      case "result":
        options.result(frame);
        break;
      case "reset":
        void reset(frame.why);
        break;
      case "bye":
        log(`bye: ${frame.why}`);
        dropLine();
        timers.set("socket", frame.retryAfterMs + soon(), openSocket);
        schedulePoll(soon());
        break;
    }
    judge();
  }

  function onHello(from: Line, hello: Extract<ServerFrame, { frame: "hello" }>): void {
    greeted = triedSocket = true;
    socketFailures = pollFailures = 0;
    unreachable = false;
    know({ beatMs: hello.beatMs, socketId: hello.session, boot: hello.boot });
    // It left the node after the socket was dialled, however long a proxy held it.
    offsetAtMost = Date.parse(hello.serverTime) - dialledAt;
    tick(hello, true);
    if (hello.cursor !== chain.cursor) resume(from); // a poll moved on while it opened
    timers.set("late", silenceMs(hello.beatMs), () => live() || silence());
    judge();
    // It proves the line, not what is shown: when that is old, a poll or beat has to say that nothing is missing.
    if (live()) schedulePoll();
    else void poll();
    options.reachable();
  }

  function onChanges(from: Line, frame: Extract<ServerFrame, { frame: "changes" }>): void {
    const fits = chain.frame(frame.from, frame.to);
    if (fits === "gap") gap(from);
    // It does not say when it left; a beat does.
    if (fits === "apply") apply(frame.to, frame);
  }

  function onBeat(from: Line, beat: Extract<ServerFrame, { frame: "beat" }>): void {
    from.send({ frame: "pong" });
    dispatch({ type: "uplink", uplink: beat.uplink });
    const fits = chain.beat(beat.cursor);
    if (fits === "whole") onWhole(beat);
    if (fits === "gap") gap(from);
    if (fits === "broken") void reset("gap");
  }

  function onWhole(beat: Told): void {
    const now = deps.now();
    const left = Date.parse(beat.serverTime) - offsetAtMost;
    // From the future: this device's clock was set back, and what was measured is void.
    if (left > now + 1_000) redial("the clock was set");
    else {
      tick(beat, false);
      wholeAt(Math.min(left, now));
    }
  }

  function gap(from: Line): void {
    log("gap");
    resume(from);
  }

  function resume(on: Line): void {
    if (chain.cursor === null) return;
    chain.asked();
    on.send({ frame: "resume", cursor: chain.cursor });
  }

  async function reset(why: string): Promise<void> {
    log(`reset: ${why}`);
    chain.stand(null);
    options.sessionDoubted("reset");
    await judged(takeSnapshot()).catch(() => {});
  }

  // ---- what arrived

  function apply(cursor: string, of: Pick<ChangesAnswer, "changes" | "events" | "eventsFrom">): void {
    const { changes, events, eventsFrom } = of;
    dispatch({ type: "changes", cursor, changes, eventsFrom, at: deps.now() });
    if (events.length > 0) options.emit(events);
  }

  return {
    start() {
      if (running) return;
      running = true;
      run++;
      // A tab that followed goes on from where its rows stand.
      chain.stand(getState().cursor);
      pollFailures = socketFailures = 0;
      unreachable = triedSocket = false;
      statusAskedAt = 0;
      judge();
      void poll();
    },
    stop() {
      running = false;
      run++;
      polling = null;
      dropLine();
      timers.clear();
    },
    act: (action) => greeted && line?.send({ frame: "act", action }) === true,
    nudge() {
      if (!running) return;
      judge();
      if (live()) return;
      timers.cancel("poll");
      void poll();
    },
    async refetch() {
      await polling;
      await judged(takeSnapshot());
    },
  };
}
