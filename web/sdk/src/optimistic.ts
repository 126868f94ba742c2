/** Patches a screen makes by itself: shown until confirmed, rolled back, or too old to be believed. */
import type { Msg } from "./state.ts";
import type { Act, Client, Deps, OptimisticUpdate, Patch } from "./types.ts";

const patienceMs = 30_000;

export interface Optimistic {
  apply: Client["applyOptimisticUpdate"];
  /** Rolls back all that are open. */
  clear(): void;
}

export function createOptimistic(deps: Deps, dispatch: (msg: Msg) => void): Optimistic {
  const open = new Map<string, OptimisticUpdate>();

  function apply(
    key: string,
    make: Parameters<Client["applyOptimisticUpdate"]>[1],
    rollback?: () => void,
    given: { followed?: Act; timeoutMs?: number } = {},
  ): OptimisticUpdate {
    open.get(key)?.confirm(); // its place is taken, so there is nothing to take back
    const made = make();
    const working = made && "then" in made ? made : null;
    const shown = `update ${key}`;
    if (made && !working)
      dispatch({ type: "patched", set: { key: shown, patches: [made as Patch | readonly Patch[]].flat() } });

    const timer = deps.setTimeout(() => update.rollback(), given.timeoutMs ?? patienceMs);
    function close(): boolean {
      if (open.get(key) !== update) return false;
      open.delete(key);
      deps.clearTimeout(timer);
      dispatch({ type: "unpatched", key: shown });
      return true;
    }
    const update: OptimisticUpdate = {
      key,
      confirm: () => void close(),
      rollback() {
        if (close()) rollback?.();
      },
    };
    open.set(key, update);
    void given.followed?.settled.then((outcome) =>
      outcome.status === "rejected" ? update.rollback() : update.confirm(),
    );
    working?.then(update.confirm, update.rollback);
    return update;
  }

  return {
    apply,
    clear() {
      for (const update of [...open.values()]) update.rollback();
    },
  };
}
