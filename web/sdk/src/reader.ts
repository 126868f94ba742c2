/**
 * Reads one audience: a snapshot, then the socket, with polls of the same cursor beside and behind it.
 *
 * It promises that every frame it applies continues the one before, that an event is heard once, and that
 * `realtime` is only said while beats arrive in time on a whole chain. It refuses to guess: what is not proven
 * is `unknown`.
 */
import { createChain } from "./chain.ts";
import { clockAfter, leftAt, type Told } from "./clock.ts";
import { modeOf, silenceMs } from "./evidence.ts";
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
  let triedSocket = false;
  let polledAt = Number.NEGATIVE_INFINITY;
  let socketFailures = 0;
  let pollFailures = 0;
  /** The last request failed because nothing answered. */
  let unreachable = false;
  let polling: Promise<void> | null = null;
  let statusAskedAt = Number.NEGATIVE_INFINITY;
  const chain = createChain();
  const timers = createTimers<"poll" | "socket" | "watch" | "check">(deps);

  const connection = () => getState().connection;
  const ageMs = () => deps.now() - (connection().lastHeardAt ?? Number.NEGATIVE_INFINITY);
  // A poll is proof for as long as the slowest rhythm lasts, and once more for the answer's way.
  const pollProofMs = 2 * options.polling.fallback[1];

  // ---- what is known of the connection

  function judge(): void {
    const { beatMs, socketId } = connection();
    const mode = modeOf({
      ageMs: ageMs(),
      polledAgoMs: deps.now() - polledAt,
      beatMs,
      pollProofMs,
      greeted,
      doubt: chain.doubt,
      triedSocket,
      pollFailures,
      unreachable,
    });
    if (mode !== connection().mode) log(`connection ${mode}`);
    dispatch({
      type: "connection",
      connection: {
        mode,
        retryCount: Math.max(pollFailures, socketFailures),
        socketId: greeted ? socketId : null,
      },
    });
    if (mode === "offline") timers.cancel("socket"); // a poll that is answered opens it again
    watch();
  }

  /** Looks again at the moment when what is known now goes stale. */
  function watch(): void {
    const { mode, beatMs } = connection();
    if (mode === "realtime") timers.set("watch", Math.max(1, silenceMs(beatMs) - ageMs() + 1), silence);
    // Every frame comes through here; when none does for two beats, the line is dead.
    else if (greeted) timers.set("watch", silenceMs(beatMs), silence);
    else if (mode === "fallback")
      timers.set("watch", Math.max(1, pollProofMs - (deps.now() - polledAt) + 1), judge);
    else timers.cancel("watch");
  }

  function silence(): void {
    judge();
    if (connection().mode === "realtime") return;
    log("silence");
    dropLine();
    judge();
    timers.set("socket", backoff(1, 1_000, deps.random), openSocket);
    void poll();
  }

  function heard(told: Told | null, fresh: boolean): void {
    const now = deps.now();
    let at = now;
    if (told) {
      const clock = clockAfter(getState().clock, told, now, fresh);
      dispatch({ type: "clock", clock });
      at = leftAt(clock.serverOffsetMs, clock.atServerMs, now);
    }
    dispatch({ type: "connection", connection: { lastHeardAt: at } });
  }

  function failed(error: unknown): void {
    if (!(error instanceof SangamError) || error.code === "aborted") return;
    if (error.status === 401) {
      options.sessionDoubted("unauthenticated");
      return;
    }
    if (error.status === 403) {
      options.sessionDoubted("forbidden");
      return;
    }
    pollFailures++;
    unreachable = error.unreachable;
    judge();
    if (error.retryAfterMs !== null) schedulePoll(Math.max(error.retryAfterMs, 250));
    else schedulePoll();
  }

  function answered(tookMs: number): void {
    const wasAway = pollFailures > 0 || connection().lastHeardAt === null;
    pollFailures = 0;
    unreachable = false;
    polledAt = deps.now();
    // One slow answer makes it slow; it takes a quick one by some margin to count as good again.
    const slow = tookMs > (connection().slow ? slowAnswerMs / 2 : slowAnswerMs);
    dispatch({ type: "connection", connection: { slow } });
    if (wasAway) options.reachable();
  }

  // ---- polls

  function schedulePoll(ms?: number): void {
    const { mode, slow } = connection();
    // Failing polls come at the pace of the retry table; when its tries are used up, and when offline, one knocks
    // at the pace of the polling table.
    const retry = pollFailures > 0 ? retryDelay("fallback", pollFailures, deps.random) : null;
    const usual = pollDelay(options.polling, mode, slow, deps.random);
    timers.set("poll", ms ?? (mode === "offline" || retry === null ? usual : retry), () => void poll());
  }

  function poll(): Promise<void> {
    const mine = run;
    polling ??= (chain.cursor === null ? takeSnapshot() : readChanges(chain.cursor))
      .catch((error: unknown) => {
        if (mine === run) failed(error);
      })
      .finally(() => {
        if (mine === run) polling = null;
      });
    return polling;
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
    heard(null, false);
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
      checkSocket(since, answer);
      schedulePoll();
      return;
    }
    if (chain.cursor !== since) return; // the socket opened meanwhile and moved on
    if (answer) {
      chain.stand(answer.cursor);
      apply(answer.cursor, answer);
    }
    heard(null, false);
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
    const checked = line;
    timers.set("check", 2_000, () => {
      if (line !== checked || chain.cursor !== since) return;
      log("the socket is deaf");
      socketFailures++;
      dropLine();
      judge();
      void poll();
    });
  }

  /** The uplink comes with beats; without a socket it is asked for, at most every 15 s. */
  async function askStatus(): Promise<void> {
    if (greeted || deps.now() - statusAskedAt < 15_000) return;
    statusAskedAt = deps.now();
    const mine = run;
    try {
      const status = (await http.send("GET", "/api/v1/status")).body as StatusAnswer;
      if (mine === run && !greeted) dispatch({ type: "uplink", uplink: status.uplink ?? null });
    } catch (error) {
      if (!(error instanceof SangamError)) throw error;
      // Polls judge whether the node answers; the uplink is then simply not known.
      if (mine === run && !greeted) dispatch({ type: "uplink", uplink: null });
    }
  }

  // ---- the socket

  function openSocket(): void {
    if (!running || line || chain.cursor === null) return;
    timers.cancel("socket");
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
    polledAt = Number.NEGATIVE_INFINITY; // what a poll proved before the socket went is not what is so after
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
    const pause = behind ? between([50, 250], deps.random) : backoff(socketFailures, 1_000, deps.random);
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
        timers.set("socket", frame.retryAfterMs + between([100, 1_000], deps.random), openSocket);
        schedulePoll(between([100, 1_000], deps.random));
        break;
    }
    judge();
  }

  function onHello(from: Line, hello: Extract<ServerFrame, { frame: "hello" }>): void {
    greeted = triedSocket = true;
    socketFailures = pollFailures = 0;
    unreachable = false;
    dispatch({
      type: "connection",
      connection: { beatMs: hello.beatMs, socketId: hello.session, boot: hello.boot },
    });
    heard(hello, true);
    if (hello.cursor !== chain.cursor) resume(from); // a poll moved on while it opened
    judge();
    schedulePoll();
    options.reachable();
  }

  function onChanges(from: Line, frame: Extract<ServerFrame, { frame: "changes" }>): void {
    const fits = chain.frame(frame.from, frame.to);
    if (fits === "gap") gap(from);
    if (fits !== "apply") return;
    dispatch({ type: "connection", connection: { lastHeardAt: deps.now() } });
    apply(frame.to, frame);
  }

  function onBeat(from: Line, beat: Extract<ServerFrame, { frame: "beat" }>): void {
    from.send({ frame: "pong" });
    dispatch({ type: "uplink", uplink: beat.uplink });
    const fits = chain.beat(beat.cursor);
    if (fits === "whole") heard(beat, false);
    if (fits === "gap") gap(from);
    if (fits === "broken") void reset("gap");
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
    const mine = run;
    await takeSnapshot().catch((error: unknown) => {
      if (mine === run) failed(error);
    });
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
      polledAt = statusAskedAt = Number.NEGATIVE_INFINITY;
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
      if (connection().mode === "realtime") return;
      timers.cancel("poll");
      void poll();
    },
    async refetch() {
      await polling;
      const mine = run;
      await takeSnapshot().catch((error: unknown) => {
        if (mine === run) failed(error);
        throw error;
      });
    },
  };
}
