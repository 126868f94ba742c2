/** Puts the parts together: one store, who is signed in, which tab reads, and what waits to be sent. */
import { askToPair, closeSession, nodeId, openSession, whoAmI } from "./door.ts";
import { surroundings, watchPage } from "./environment.ts";
import { openHttp, SangamError } from "./http.ts";
import { createOptimistic } from "./optimistic.ts";
import { createOutbox, type OutboxNote } from "./outbox.ts";
import { createReader } from "./reader.ts";
import { between, defaultPolling } from "./schedule.ts";
import { initialState, type Msg, reduce, sharedOf } from "./state.ts";
import { type Owner, openStore, type Remembered, type Store } from "./store.ts";
import { createTabs } from "./tabs.ts";
import { createTimers } from "./timers.ts";
import type { Client, ClientOptions, SessionState } from "./types.ts";
import { uuidv7Source } from "./uuid.ts";
import type { EventEnvelope, User } from "./wire.ts";

/** How many event ids are remembered, so that what comes twice is heard once. */
const rememberedEvents = 2_000;

/** Makes a client. It starts nothing: not a request, not a timer, not a channel, until `start`. */
export function createClient(options: ClientOptions): Client {
  const deps = surroundings(options.deps);
  const log = options.log ?? (() => {});
  const baseUrl = (options.baseUrl ?? "").replace(/\/$/, "");
  const polling = { ...defaultPolling, ...options.polling };
  // The cookie is one for all tabs of a screen, so it is used wherever it can be.
  const bearer = options.token !== undefined || baseUrl !== "" || typeof document === "undefined";
  const screenKey = `${baseUrl} ${options.screen}`;
  const whoKey = `who ${screenKey}`;
  const newId = uuidv7Source(deps.now, deps.getRandomValues);
  const tab = newId();

  let state = initialState(options.view, tab);
  const subscribers = new Set<() => void>();
  const handlers = new Map<string, Set<(event: never) => void>>();
  const heardEvents = new Set<string>();
  let started = false;
  /** Counts changes of who is signed in, so that a late answer about an earlier session is dropped. */
  let era = 0;
  /** The node confirmed who this is; before that nothing is sent in anybody's name. */
  let verified = false;
  const timers = createTimers<"identify">(deps);
  let opening: Promise<Store> | null = null;
  let stopWatching = () => {};
  const ownerAsked: (() => void)[] = [];

  // ---- the store of state

  const getState = () => state;

  function dispatchHere(msg: Msg): void {
    const before = state;
    state = reduce(state, msg);
    if (state === before) return;
    const { mode } = state.connection;
    if (mode !== before.connection.mode && (mode === "realtime" || mode === "fallback")) outbox.drain();
    for (const changed of [...subscribers]) changed();
  }

  /** What the reader of a leading tab finds out is the same for those that follow. */
  function dispatchShared(msg: Msg): void {
    dispatchHere(msg);
    tabs.forward(msg);
  }

  function emit(events: readonly EventEnvelope[]): void {
    for (const event of events) {
      if (heardEvents.has(event.id)) continue;
      heardEvents.add(event.id);
      if (heardEvents.size > rememberedEvents)
        for (const oldest of heardEvents) if (heardEvents.delete(oldest)) break;
      for (const type of [event.type, "*"]) {
        for (const heard of [...(handlers.get(type) ?? [])]) {
          try {
            heard(event as never);
          } catch (error) {
            log(`${event.type}: ${error}`);
          }
        }
      }
    }
  }

  const http = openHttp({
    deps,
    baseUrl,
    screen: options.screen,
    token: options.token,
    heard: (answered) => {
      const { answered: yes, failed: no } = state.connection;
      dispatchHere({ type: "connection", connection: answered ? { answered: yes + 1 } : { failed: no + 1 } });
    },
  });

  const store = () =>
    (opening ??= openStore(deps.indexedDB, (durable, why) =>
      dispatchHere({ type: "durable", durable, why }),
    ));

  // ---- the parts

  const reader = createReader({
    deps,
    http,
    polling,
    view: options.view,
    site: options.site,
    getState,
    dispatch: dispatchShared,
    emit: (events) => {
      emit(events);
      tabs.forwardEvents(events);
    },
    result: (result) => outbox.onResult(result),
    socketLost: () => outbox.onSocketLost(),
    reachable: () => (verified ? outbox.drain() : void identify()),
    sessionDoubted: (why) => {
      if (why === "unauthenticated") signedOut();
      else if (why === "forbidden") turnedAway();
      else if (!bearer) void identify();
    },
    log,
  });

  const outbox = createOutbox({
    deps,
    tab,
    http,
    newId,
    store,
    owner,
    maySend: ({ node, user }) =>
      started &&
      verified &&
      state.session.status === "signed_in" &&
      state.session.user?.id === user &&
      state.session.node === node &&
      state.connection.mode !== "offline",
    actOnSocket: reader.act,
    getState,
    dispatch: dispatchHere,
    tell: (note) => tabs.tell(ownerScope(), note),
    nudge,
    unauthenticated: signedOut,
    log,
  });

  const tabs = createTabs({
    deps,
    tab,
    leads: (leader) => {
      dispatchHere({ type: "tab", leader });
      if (leader) reader.start();
      else reader.stop();
    },
    shared: () => sharedOf(state),
    msg: dispatchHere,
    events: emit,
    asked: (what) => (what === "nudge" ? reader.nudge() : void reader.refetch().catch(() => {})),
    note: (scope, note) => {
      if (scope === ownerScope()) outbox.hear(note as OutboxNote);
      else if (scope === sessionScope && !bearer) void identify();
    },
  });

  const optimistic = createOptimistic(deps, dispatchHere);

  function nudge(): void {
    if (tabs.leading) reader.nudge();
    else tabs.ask("nudge");
  }

  // ---- who is signed in

  const sessionScope = `session ${screenKey}`;
  const ownerScope = () => `outbox ${state.session.node}`;
  const readerScope = (s: SessionState) =>
    ["reader", screenKey, s.node, s.user?.id, options.view, options.site].join(" ");

  async function owner(): Promise<Owner | null> {
    while (state.session.status === "unknown") await new Promise<void>((known) => ownerAsked.push(known));
    const { status, node, user } = state.session;
    return status === "signed_in" && node && user ? { node, user: user.id } : null;
  }

  /** Asks the node whose session this is. While it does not answer, whoever used this screen last is believed. */
  async function identify(): Promise<void> {
    const mine = era;
    verified = false;
    timers.clear();
    try {
      const [node, user] = await Promise.all([nodeId(http), whoAmI(http)]);
      if (mine !== era || !started) return;
      if (user) enter(user, node);
      else signedOut(node);
    } catch (error) {
      if (mine !== era || !started || !(error instanceof SangamError)) return;
      log(`who is this: ${error.code}`);
      const remembered = await (await store()).recall<Remembered>(whoKey);
      if (state.session.status === "unknown" && remembered) enterAs(remembered.user, remembered.node);
      else if (!state.session.user)
        dispatchHere({ type: "connection", connection: { mode: error.unreachable ? "offline" : "unknown" } });
      const pause = error.retryAfterMs ?? between(polling.offline, deps.random);
      timers.set("identify", pause, () => void identify());
    }
  }

  /** Known for certain: this user, at this node. What is shown does not wait for the disk. */
  function enter(user: User, node: string): void {
    void store().then((s) => s.remember(whoKey, { node, user } satisfies Remembered));
    enterAs(user, node);
    verified = true;
    outbox.drain();
  }

  function enterAs(user: User, node: string): void {
    const { session } = state;
    const same = session.status === "signed_in" && session.user?.id === user.id && session.node === node;
    const { role } = user;
    const kind = role === "kiosk" || role === "board" ? "device" : role === "patient" ? "patient" : "staff";
    if (same) {
      dispatchHere({ type: "session", session: { ...session, user } });
      return;
    }
    switchTo({ status: "signed_in", user, kind, node });
    joinReaders();
  }

  function joinReaders(): void {
    if (started && state.session.status === "signed_in") tabs.join(readerScope(state.session));
  }

  function signedOut(node = state.session.node): void {
    if (state.session.status === "signed_out" && node === state.session.node) return;
    verified = false;
    void store().then((s) => s.remember(whoKey, null));
    switchTo({ status: "signed_out", user: null, kind: null, node });
    dispatchHere({ type: "connection", connection: { mode: "unknown" } });
  }

  /** Signed in, but this view is not for them. */
  function turnedAway(): void {
    switchTo({ ...state.session, status: "forbidden" });
  }

  function switchTo(session: SessionState): void {
    era++;
    log(session.status);
    tabs.leave();
    reader.stop();
    optimistic.clear();
    const early = state.session.status === "unknown" ? state.pending : [];
    dispatchHere({ type: "emptied" });
    dispatchHere({ type: "session", session });
    for (const action of early)
      dispatchHere({ type: "added", action: { ...action, user: session.user ?? action.user } });
    if (session.node) void outbox.load(session.node, session.user?.id ?? null);
    for (const known of ownerAsked.splice(0)) known();
  }

  /** A session that just began, here or by another request of the screen. */
  async function begin(session: { token?: string; user: User }): Promise<User> {
    if (bearer && session.token) http.setToken(session.token);
    const node = state.session.node ?? (await nodeId(http));
    enter(session.user, node);
    tabs.tell(sessionScope, null);
    return session.user;
  }

  async function signInBy(body: unknown): Promise<User> {
    // From here on the browser may hold another's cookie: nothing more is sent in this one's name.
    verified = false;
    era++;
    try {
      return await begin(await openSession(http, body));
    } catch (error) {
      if (state.session.user) void identify();
      throw error;
    }
  }

  // ---- life

  function start(): void {
    if (started) return;
    started = true;
    if (options.crossTab !== false) tabs.open();
    outbox.start();
    stopWatching = watchPage({
      woke: () => {
        tabs.check();
        nudge();
        outbox.drain();
      },
      left: () => tabs.leave(),
      unsafe: () => outbox.unsafe() || (!state.queueDurable && state.pending.length > 0),
      returned: joinReaders,
    });
    joinReaders();
    void identify();
  }

  function stop(): void {
    if (!started) return;
    started = false;
    timers.clear();
    stopWatching();
    tabs.leave();
    tabs.close();
    reader.stop();
    outbox.stop();
    http.abortAll();
    dispatchHere({ type: "connection", connection: { mode: "connecting", socketId: null } });
    void opening?.then((s) => started || s.close());
  }

  return {
    options,
    start,
    stop,
    getState,
    subscribe(changed) {
      subscribers.add(changed);
      return () => subscribers.delete(changed);
    },
    on(type, heard) {
      const ofType = handlers.get(type) ?? new Set();
      handlers.set(type, ofType.add(heard as (event: never) => void));
      return () => ofType.delete(heard as (event: never) => void);
    },
    act: outbox.act as Client["act"],
    retry: outbox.retry,
    discard: outbox.discard,
    applyOptimisticUpdate: optimistic.apply,
    signIn: signInBy,
    signInWithPairCode: (code) => signInBy({ pair: code }),
    signInWithLink: (link) => signInBy({ link }),
    adoptSession: begin,
    async pairDevice(device) {
      const kept = await store();
      const key = `pair ${screenKey} ${device.kind} ${device.name}`;
      const { requestId, code, approved, cancel } = await askToPair(
        deps,
        http,
        device,
        await kept.recall(key),
        (wish) => kept.remember(key, wish),
      );
      return { requestId, code, cancel, approved: approved.then(begin) };
    },
    async signOut() {
      await closeSession(http);
      http.setToken(undefined);
      signedOut();
      tabs.tell(sessionScope, null);
    },
    async refetch() {
      if (tabs.leading) await reader.refetch();
      else tabs.ask("refetch");
    },
    async request<T>(method: string, path: string, body?: unknown) {
      try {
        return (await http.send(method, path, body)).body as T;
      } catch (error) {
        if ((error as SangamError).status === 401) void identify();
        throw error;
      }
    },
  };
}
