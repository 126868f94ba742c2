/**
 * Where actions wait until the node judged them: IndexedDB, or memory when the browser gives no room.
 *
 * It promises that an action is on disk before `put` resolves to true, that order is kept, and that one tab at a
 * time is given actions to send. It refuses to send, and it never hands one user's actions to another.
 */
import { type DBSchema, type IDBPDatabase, wrap } from "idb";
import type { Patch } from "./types.ts";
import type { Fields, Problem, User } from "./wire.ts";

/** Whose an action is: what it names exists on this node only, and it is sent under this user only. */
export interface Owner {
  node: string;
  user: string;
}

export interface Kept {
  /** Order of arrival; given by the store. */
  n?: number;
  id: string;
  node: string;
  user: string;
  userName: string;
  type: string;
  data: Fields;
  saw?: Fields;
  at: number;
  state: "waiting" | "rejected";
  error?: Problem;
  patches: readonly Patch[];
}

export type Claim = { granted: true; actions: Kept[] } | { granted: false; until: number };

/** Who used a screen last: what a screen goes by while the node does not answer. */
export interface Remembered {
  node: string;
  user: User;
}

interface Schema extends DBSchema {
  actions: { key: number; value: Kept; indexes: { id: string; node: string } };
  /** Leases by owner, and who is remembered by screen. */
  notes: { key: string; value: { until?: number; tab?: string; remembered?: Remembered } };
}

export interface Store {
  readonly durable: boolean;
  /** True when it is on disk. */
  put(action: Kept): Promise<boolean>;
  ofNode(node: string): Promise<Kept[]>;
  /** Changes one that is still there; false: it is not. */
  reject(id: string, error: Problem): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** In one transaction: takes or renews the lease of the owner for a tab, and reads what waits, oldest first. */
  claim(owner: Owner, tab: string, now: number, leaseMs: number): Promise<Claim>;
  release(owner: Owner, tab: string): Promise<void>;
  remember(screen: string, who: Remembered | null): Promise<void>;
  recall(screen: string): Promise<Remembered | null>;
  close(): void;
}

const byN = (a: Kept, b: Kept) => (a.n ?? 0) - (b.n ?? 0);
const leaseKey = (owner: Owner) => `lease ${owner.node} ${owner.user}`;
const owned = (owner: Owner) => (a: Kept) => a.user === owner.user && a.state === "waiting";

/** Opens the disk store; null when this browser refuses it (private mode, no room, blocked by policy). */
export async function openDisk(factory: IDBFactory): Promise<Store | null> {
  let db: IDBPDatabase<Schema>;
  try {
    db = await open(factory);
  } catch {
    return null;
  }
  db.onversionchange = () => db.close();

  async function all(node: string): Promise<Kept[]> {
    return (await db.getAllFromIndex("actions", "node", node)).sort(byN);
  }

  return {
    durable: true,
    async put(action) {
      const tx = db.transaction("actions", "readwrite", { durability: "strict" });
      await Promise.all([tx.store.add(action), tx.done]);
      return true;
    },
    ofNode: all,
    async reject(id, error) {
      const tx = db.transaction("actions", "readwrite");
      const kept = await tx.store.index("id").get(id);
      if (kept) await tx.store.put({ ...kept, state: "rejected", error });
      await tx.done;
      return kept !== undefined;
    },
    async remove(id) {
      const tx = db.transaction("actions", "readwrite");
      const key = await tx.store.index("id").getKey(id);
      if (key !== undefined) await tx.store.delete(key);
      await tx.done;
    },
    async claim(owner, tab, now, leaseMs) {
      const tx = db.transaction(["actions", "notes"], "readwrite");
      const notes = tx.objectStore("notes");
      const lease = await notes.get(leaseKey(owner));
      const until = lease?.until ?? 0;
      // A lease that ends later than any could is of a clock that was set back since.
      if (lease?.tab !== tab && until > now && until <= now + leaseMs) {
        await tx.done;
        return { granted: false, until };
      }
      await notes.put({ tab, until: now + leaseMs }, leaseKey(owner));
      const kept = await tx.objectStore("actions").index("node").getAll(owner.node);
      await tx.done;
      return { granted: true, actions: kept.filter(owned(owner)).sort(byN) };
    },
    async release(owner, tab) {
      const tx = db.transaction("notes", "readwrite");
      const lease = await tx.store.get(leaseKey(owner));
      if (lease?.tab === tab) await tx.store.delete(leaseKey(owner));
      await tx.done;
    },
    async remember(screen, who) {
      if (who) await db.put("notes", { remembered: who }, `who ${screen}`);
      else await db.delete("notes", `who ${screen}`);
    },
    async recall(screen) {
      return (await db.get("notes", `who ${screen}`))?.remembered ?? null;
    },
    close: () => db.close(),
  };
}

function open(factory: IDBFactory): Promise<IDBPDatabase<Schema>> {
  const request = factory.open("sangam", 1);
  request.onupgradeneeded = () => {
    const actions = request.result.createObjectStore("actions", { keyPath: "n", autoIncrement: true });
    actions.createIndex("id", "id", { unique: true });
    actions.createIndex("node", "node");
    request.result.createObjectStore("notes");
  };
  return wrap(request) as unknown as Promise<IDBPDatabase<Schema>>;
}

/** The same in memory, for as long as the tab lives. */
export function openMemory(): Store {
  let kept: Kept[] = [];
  let n = 0;
  const who = new Map<string, Remembered>();
  return {
    durable: false,
    async put(action) {
      kept.push({ ...action, n: n++ });
      return false;
    },
    ofNode: async (node) => kept.filter((a) => a.node === node),
    async reject(id, error) {
      const found = kept.some((a) => a.id === id);
      kept = kept.map((a) => (a.id === id ? { ...a, state: "rejected", error } : a));
      return found;
    },
    async remove(id) {
      kept = kept.filter((a) => a.id !== id);
    },
    claim: async (owner) => ({
      granted: true,
      actions: kept.filter((a) => a.node === owner.node && owned(owner)(a)),
    }),
    release: async () => {},
    remember: async (screen, remembered) => {
      if (remembered) who.set(screen, remembered);
      else who.delete(screen);
    },
    recall: async (screen) => who.get(screen) ?? null,
    close: () => {},
  };
}

/**
 * Disk first. What the disk refuses to take (no room) is kept in memory beside it, and `durable` turns false for as
 * long as something is only there. Actions on disk are always older than those in memory.
 */
export async function openStore(
  factory: IDBFactory | null,
  durableChanged: (durable: boolean) => void,
): Promise<Store> {
  const disk = factory ? await openDisk(factory) : null;
  const memory = openMemory();
  if (!disk) {
    durableChanged(false);
    return memory;
  }
  const inMemory = new Set<string>();
  const tell = () => durableChanged(inMemory.size === 0);
  const leave = (id: string) => {
    if (inMemory.delete(id)) tell();
  };
  return {
    get durable() {
      return inMemory.size === 0;
    },
    async put(action) {
      // While older ones are in memory, newer ones join them: order matters more.
      if (inMemory.size === 0) {
        const stored = await disk.put(action).catch(() => false);
        if (stored) return true;
      }
      inMemory.add(action.id);
      tell();
      return memory.put(action);
    },
    ofNode: async (node) => [...(await disk.ofNode(node)), ...(await memory.ofNode(node))],
    async reject(id, error) {
      return inMemory.has(id) ? memory.reject(id, error) : disk.reject(id, error);
    },
    async remove(id) {
      await (inMemory.has(id) ? memory : disk).remove(id);
      leave(id);
    },
    async claim(owner, tab, now, leaseMs) {
      const claim = await disk
        .claim(owner, tab, now, leaseMs)
        .catch((): Claim => ({ granted: true, actions: [] }));
      const mine = await memory.claim(owner, tab, now, leaseMs);
      if (claim.granted && mine.granted)
        return { granted: true, actions: [...claim.actions, ...mine.actions] };
      return claim;
    },
    release: (owner, tab) => disk.release(owner, tab).catch(() => {}),
    remember: (screen, who) => disk.remember(screen, who).catch(() => memory.remember(screen, who)),
    recall: (screen) => disk.recall(screen).catch(() => memory.recall(screen)),
    close: () => disk.close(),
  };
}
