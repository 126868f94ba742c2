/**
 * Actions on their way to the node: kept first, then sent in order, one request at a time, until each is judged. On a
 * live socket the first of them goes out while it is being kept.
 *
 * It promises that an action is sent again with the same id until the node answered it, by one tab at a time and
 * only under the user who made it. It refuses to keep secrets: what carries a PIN is sent at once or not at all.
 */
import { type Http, refusal, SangamError } from "./http.ts";
import { pick, predict, sawNow } from "./predict.ts";
import { backoff } from "./schedule.ts";
import { serverNow } from "./selectors.ts";
import { maxFrameBytes } from "./socket.ts";
import type { Msg } from "./state.ts";
import type { Kept, Owner, Store } from "./store.ts";
import { createTimers } from "./timers.ts";
import type { Act, ActOptions, Deps, Outcome, Patch, PendingAction, State } from "./types.ts";
import type { ActionsAnswer, Fields, Problem, WireAction, WireResult } from "./wire.ts";

const maxBatch = 200;
/** The node takes 256 KiB; what is around the actions has to fit as well. */
const maxBatchBytes = 250 * 1024;
/** Longer than a request may take, so that a lease never ends under a tab that is still sending. */
const leaseMs = 15_000;
/** How long the patch of an applied action waits for its row. */
const lingerMs = 15_000;
/** With more than this waiting, one request for many beats a frame for each. */
const fewForSocket = 3;
/** An answer of 500 again and again is the action's fault: it must not hold up those behind it for ever. */
const maxFaults = 5;

/** What tabs of one user tell each other. */
export type OutboxNote =
  | { type: "added"; action: PendingAction; patches: readonly Patch[] }
  | { type: "settled"; result: WireResult }
  | { type: "dropped"; id: string };

export interface OutboxOptions {
  deps: Deps;
  tab: string;
  http: Http;
  newId: () => string;
  store: () => Promise<Store>;
  /** Resolves once it is known who acts; null when nobody is signed in. */
  owner: () => Promise<Owner | null>;
  /** Whether to send for them now: they are signed in for certain, and the node is not known to be away. */
  maySend: (owner: Owner) => boolean;
  /** True when it went out on a live socket. */
  actOnSocket: (action: WireAction) => boolean;
  getState: () => State;
  dispatch: (msg: Msg) => void;
  tell: (note: OutboxNote) => void;
  /** A request failed or changed something: have the reader look. */
  nudge: () => void;
  unauthenticated: () => void;
  log: (line: string) => void;
}

export interface Outbox {
  start(): void;
  /** Lists what is kept for a node: of this user, and of others. */
  load(node: string, user: string | null): Promise<void>;
  act(type: string, data: Fields, options?: ActOptions): Act;
  retry(id: string, changed?: { data?: Fields; saw?: Fields }): Act;
  discard(id: string): Promise<boolean>;
  /** Sends what waits, unless it is being sent. */
  drain(): void;
  onResult(result: WireResult): void;
  onSocketLost(): void;
  hear(note: OutboxNote): void;
  /** True while an action is on its way to the disk. */
  unsafe(): boolean;
  stop(): void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { deps, http, getState, dispatch, log } = options;
  const settling = new Map<string, (outcome: Outcome) => void>();
  let writing: Promise<unknown> = Promise.resolve();
  let inHand = 0;
  let draining = false;
  let again = false;
  let stopped = false;
  let failures = 0;
  let faults = 0;
  let batchLimit = maxBatch;
  const timers = createTimers<"drain">(deps);
  const move = (ids: string[], to: "waiting" | "sending") => dispatch({ type: "moved", ids, to });
  const own = (id: string) => getState().pending.find((p) => p.id === id && p.mine);
  /** What went out the moment it was made. */
  let sentAtOnce: { id: string; result: Promise<WireResult | null> } | null = null;
  let onSocket: { id: string; answer: (result: WireResult | null) => void } | null = null;

  function act(type: string, data: Fields, given: ActOptions = {}): Act {
    const id = options.newId();
    const now = serverNow(getState(), deps.now());
    const settled = new Promise<Outcome>((resolve) => settling.set(id, resolve));
    const saw = given.saw ?? sawNow(getState(), type, data);
    const { optimistic } = given;
    const patches =
      optimistic === false ? [] : [optimistic ?? predict(getState(), id, type, data, deps.now())].flat();
    const { status, user, node } = getState().session;
    const owner = status === "signed_in" && user && node ? { user: user.id, node } : null;
    const action: PendingAction = {
      id,
      type,
      data,
      saw,
      at: now,
      state: "waiting",
      user: { id: user?.id ?? "", name: user?.name ?? "" },
      mine: true,
    };
    if (isSecret(action)) {
      void sendSecret(wireOf(action));
      return { id, stored: Promise.resolve(false), settled };
    }
    const nothingBefore = !draining && !getState().pending.some((p) => p.mine && p.state !== "rejected");
    dispatch({ type: "added", action, patches });
    // With nothing before it, a live socket need not wait for the disk: either of them keeps it.
    if (nothingBefore && owner && options.maySend(owner))
      sentAtOnce = { id, result: sendOnSocket(wireOf(action)) };
    // Writes are chained, so that the order of taps is the order on disk.
    inHand++;
    const kept = writing.then(() => keep(action, patches, owner)).finally(() => inHand--);
    writing = kept;
    return { id, stored: kept, settled };
  }

  /** `known` is who acted, if that was known then: somebody else may be signed in by now. */
  async function keep(
    early: PendingAction,
    patches: readonly Patch[],
    known: Owner | null,
  ): Promise<boolean> {
    const owner = known ?? (await options.owner());
    if (!owner) {
      refuse(early.id, refusal("unauthenticated", "Nobody is signed in.").problem);
      return false;
    }
    const user = known ? early.user : { id: owner.user, name: getState().session.user?.name ?? "" };
    const action = { ...early, user };
    const store = await options.store();
    const durable = await store.put({ ...action, node: owner.node, patches });
    // What is in this tab only, the others can neither send nor hear the end of.
    if (durable) options.tell({ type: "added", action, patches });
    drain();
    return durable;
  }

  async function sendSecret(action: WireAction): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { body } = await http.send("POST", "/api/v1/actions", { actions: [action] });
        void settle((body as ActionsAnswer).results);
        options.nudge();
        return;
      } catch (error) {
        const { status, problem } = error as SangamError; // requests fail with nothing else
        if (status === 401) options.unauthenticated();
        if (!problem.retryable || attempt === 3) {
          refuse(action.id, problem);
          return;
        }
        // The same id again: if only the answer was lost, the node says so.
        await new Promise<void>((resume) => deps.setTimeout(resume, backoff(attempt, 500, deps.random)));
      }
    }
  }

  // ---- sending

  function drain(): void {
    if (stopped || draining) {
      again = true;
      return;
    }
    draining = true;
    void drainAll()
      .catch((error: unknown) => log(`drain: ${error}`))
      .finally(() => {
        draining = false;
        if (again) {
          again = false;
          drain();
        }
      });
  }

  async function drainAll(): Promise<void> {
    const store = await options.store();
    const owner = await options.owner();
    if (!owner) return;
    let wait: number | null = null;
    while (wait === null && !stopped && options.maySend(owner)) {
      again = false;
      await writing;
      const listed = getState().pending.filter((p) => p.mine && p.state !== "applied");
      const claim = await store.claim(owner, options.tab, deps.now(), leaseMs);
      if ("until" in claim) {
        timers.set("drain", claim.until - deps.now() + deps.random() * 500, drain);
        return;
      }
      // Somebody else may have signed in while the disk was read.
      if (!options.maySend(owner)) break;
      catchUp(listed, claim.actions);
      const waiting = claim.actions.filter((kept) => kept.state === "waiting");
      if (waiting.length === 0) break;
      wait = await sendSome(waiting.map(wireOf));
    }
    await store.release(owner, options.tab);
    if (wait !== null && options.maySend(owner)) timers.set("drain", wait, drain);
  }

  /** A tab may close between its word to the disk and its word to the others: then only the disk tells. */
  function catchUp(listed: readonly PendingAction[], kept: readonly Kept[]): void {
    for (const { id } of listed) {
      const found = kept.find((one) => one.id === id);
      if (!found)
        show({ id, status: "duplicate", data: {} }); // what is refused stays
      else if (found.error) refuse(id, found.error);
    }
  }

  /** Sends the first of these. Null: go on; a number: wait that long, in ms. */
  async function sendSome(waiting: readonly WireAction[]): Promise<number | null> {
    const first = waiting[0];
    if (first && waiting.length <= fewForSocket) {
      const result = await (sentAtOnce?.id === first.id ? sentAtOnce.result : sendOnSocket(first));
      sentAtOnce = null;
      if (result) return (await judged([first], [result])) ? done() : failed();
    }
    const batch = cut(waiting, batchLimit);
    const ids = batch.map((a) => a.id);
    move(ids, "sending");
    try {
      const { body } = await http.send("POST", "/api/v1/actions", { actions: batch });
      const ok = await judged(batch, (body as ActionsAnswer).results);
      options.nudge(); // without a socket, only a poll shows what this changed
      return ok ? done() : failed();
    } catch (error) {
      move(ids, "waiting");
      if (!(error instanceof SangamError)) throw error;
      return refusedWhole(batch, error);
    }
  }

  function done(): null {
    failures = faults = 0;
    batchLimit = maxBatch;
    return null;
  }

  function failed(): number {
    failures++;
    batchLimit = 1; // what comes after it may build on it
    return backoff(failures, 500, deps.random);
  }

  /** The request itself was refused or lost; none of its actions was judged. */
  async function refusedWhole(batch: readonly WireAction[], error: SangamError): Promise<number | null> {
    if (error.status === 401) {
      options.unauthenticated();
      return failed();
    }
    options.nudge();
    const ours = error.status === 500 ? ++faults >= maxFaults : error.status < 500 && !error.retryable;
    if (!ours) return Math.max(error.retryAfterMs ?? 0, failed());
    const [only] = batch;
    if (batch.length > 1 || !only) {
      batchLimit = 1; // find the one it is about
      return null;
    }
    faults = 0;
    await settle([{ id: only.id, status: "rejected", error: { ...error.problem, retryable: false } }]);
    return null;
  }

  async function sendOnSocket(action: WireAction): Promise<WireResult | null> {
    if (sizeOf(action) > maxFrameBytes) return null;
    // First: what comes of it may arrive before `actOnSocket` returns.
    move([action.id], "sending");
    if (!options.actOnSocket(action)) {
      move([action.id], "waiting");
      return null;
    }
    return new Promise((resolveAnswer) => {
      const patience = deps.setTimeout(() => answer(null), 5_000);
      const answer = (result: WireResult | null) => {
        deps.clearTimeout(patience);
        resolveAnswer(result);
      };
      onSocket = { id: action.id, answer };
    });
  }

  /** False: something is to be sent again later. */
  async function judged(batch: readonly WireAction[], results: readonly WireResult[]): Promise<boolean> {
    const final = results.filter((r) => !r.error?.retryable);
    await settle(final);
    const open = batch.map((a) => a.id).filter((id) => !final.some((r) => r.id === id));
    move(open, "waiting");
    return open.length === 0;
  }

  // ---- outcomes

  async function settle(results: readonly WireResult[]): Promise<void> {
    // On disk first: a tab that closes now must not send a refused action again.
    await (await options.store()).settle(results);
    for (const result of results) {
      show(result);
      options.tell({ type: "settled", result });
    }
  }

  function show(result: WireResult): void {
    const { id, seq, data, error } = result;
    if (error) {
      refuse(id, error);
      return;
    }
    dispatch({ type: "applied", id, seq, entry: data?.entry });
    if (getState().pending.some((p) => p.id === id))
      deps.setTimeout(() => dispatch({ type: "dropped", id }), lingerMs);
    resolve(result as Outcome); // with an error it was rejected, above
  }

  function refuse(id: string, error: Problem): void {
    dispatch({ type: "rejected", id, error });
    resolve({ status: "rejected", id, error });
  }

  function resolve(outcome: Outcome): void {
    settling.get(outcome.id)?.(outcome);
    settling.delete(outcome.id);
  }

  function cancelled(id: string): void {
    refuse(id, refusal("aborted", "Cancelled.").problem);
    dispatch({ type: "dropped", id });
  }

  async function forget(id: string): Promise<void> {
    await (await options.store()).settle([{ id }]);
    cancelled(id);
    options.tell({ type: "dropped", id });
  }

  return {
    start() {
      stopped = false;
    },
    async load(node, user) {
      const kept = await (await options.store()).ofNode(node);
      if ((getState().session.user?.id ?? null) !== user) return; // somebody else signed in meanwhile
      for (const { n, node: _, patches, ...action } of kept) {
        const mine = action.user.id === user;
        const shown = mine && action.state === "waiting" ? patches : [];
        dispatch({ type: "added", action: { ...action, mine }, patches: shown });
      }
    },
    act,
    retry(id, changed = {}) {
      const old = own(id);
      if (old?.state !== "rejected") throw refusal("not_found", "No such action.");
      const current = old.error?.code === "stale" ? old.error.current : undefined;
      const saw = changed.saw ?? (current && old.saw ? pick(current, Object.keys(old.saw)) : old.saw);
      const next = act(old.type, changed.data ?? old.data, { saw });
      void next.stored.then(() => forget(id));
      return next;
    },
    async discard(id) {
      const state = own(id)?.state;
      if (state !== "waiting" && state !== "rejected") return false;
      await writing;
      await forget(id);
      return true;
    },
    drain,
    onResult(result) {
      if (onSocket?.id === result.id) onSocket.answer(result);
    },
    onSocketLost: () => onSocket?.answer(null),
    unsafe: () => inHand > 0,
    hear(note) {
      if (note.type === "settled") show(note.result);
      else if (note.type === "dropped") cancelled(note.id);
      else {
        const mine = note.action.user.id === getState().session.user?.id;
        dispatch({ ...note, action: { ...note.action, mine }, patches: mine ? note.patches : [] });
        // Its tab may close before it is sent, or before it says what came of it.
        if (!timers.has("drain")) timers.set("drain", leaseMs, drain);
      }
    },
    stop() {
      stopped = true;
      timers.clear();
      onSocket?.answer(null);
    },
  };
}

/** A PIN or pair code is never kept in a browser. */
function isSecret({ type, data }: PendingAction): boolean {
  return type === "staff.reset_pin" || "pin" in data || "pair" in data;
}

function wireOf({
  id,
  type,
  at,
  saw,
  data,
}: Pick<PendingAction, "id" | "type" | "at" | "saw" | "data">): WireAction {
  return { id, type, at: new Date(at).toISOString(), saw, data };
}

/** The longest beginning that fits in one request; at least one. */
function cut(actions: readonly WireAction[], limit: number): WireAction[] {
  let bytes = 0;
  let n = 0;
  for (const action of actions.slice(0, limit)) {
    bytes += sizeOf(action);
    if (n > 0 && bytes > maxBatchBytes) break;
    n++;
  }
  return actions.slice(0, n);
}

/** At most this many bytes as JSON: no character takes more than three in UTF-8. */
const sizeOf = (action: WireAction) => 3 * JSON.stringify(action).length;
