/**
 * Where actions wait until the node judged them: IndexedDB, or memory when the browser gives no room.
 *
 * It promises that an action is on disk before `put` resolves to true, that order is kept, and that one tab at a
 * time is given actions to send. It refuses to send, and it never hands one user's actions to another.
 */
import type { Patch, PendingAction } from "./types.ts";
import type { Problem, User } from "./wire.ts";

/** Whose an action is: what it names exists on this node only, and it is sent under this user only. */
export interface Owner {
  node: string;
  user: string;
}

/** An action as it is kept: whose it is on every node, and what it is expected to change. */
export interface Kept extends Omit<PendingAction, "mine"> {
  /** Order of arrival; given by the disk. */
  n?: number;
  node: string;
  patches: readonly Patch[];
}

export interface Settled {
  id: string;
  error?: Problem | undefined;
}

/** What is kept of the owner, oldest first, the refused among it; or until when another tab has the right to send it. */
export type Claim = { actions: Kept[] } | { until: number };

/** Who used a screen last: what a screen goes by while the node does not answer. */
export interface Remembered {
  node: string;
  user: User;
}

export interface Store {
  /** True when it is on disk. */
  put(action: Kept): Promise<boolean>;
  ofNode(node: string): Promise<Kept[]>;
  /** In one transaction: what was refused stays, marked with why; what was done or is not wanted any more goes. */
  settle(results: readonly Settled[]): Promise<void>;
  /** In one transaction: takes or renews the lease of the owner for a tab, and reads what is kept. */
  claim(owner: Owner, tab: string, now: number, leaseMs: number): Promise<Claim>;
  release(owner: Owner, tab: string): Promise<void>;
  /** Keeps a small thing under a name, where there is a disk; null forgets it. */
  remember(name: string, what: unknown): Promise<void>;
  recall<T>(name: string): Promise<T | null>;
  /** Lets go of the disk until it is needed again. */
  close(): void;
}

interface Lease {
  tab: string;
  until: number;
}

const leaseKey = ({ node, user }: Owner) => `lease ${node} ${user}`;

/** With fewer in memory, each new action asks the disk again whether it has room for all of them. */
const manyInMemory = 32;

/**
 * Opens the store. Where the disk is refused (private mode, no room, blocked by policy), fails, or takes no more,
 * memory stands in until it takes everything again; `durableChanged` is told, with the browser's name for why.
 */
export async function openStore(
  factory: IDBFactory | null,
  durableChanged: (durable: boolean, why: string) => void,
): Promise<Store> {
  let db: IDBDatabase | null = null;
  let memory: Kept[] = [];
  let trouble = "";
  const tell = () => durableChanged(db !== null && memory.length === 0, trouble);

  /**
   * Runs `work` on the disk as one transaction and gives its answer once that is whole; null where that fails. A
   * browser may close a database under a page, when it is short of room or its data are cleared: it is opened again.
   */
  async function onDisk<T>(
    work: (actions: IDBObjectStore, notes: IDBObjectStore) => Promise<T> | T,
    durability: IDBTransactionDurability = "relaxed",
  ): Promise<T | null> {
    const wasOpen = db !== null;
    try {
      db ??= factory && (await open(factory));
      if (!db) return null;
      const tx = db.transaction(["actions", "notes"], "readwrite", { durability });
      const whole = new Promise<void>((resolve, reject) => {
        tx.oncomplete = () => resolve();
        tx.onabort = () => reject(tx.error);
      });
      const [answer] = await Promise.all([work(tx.objectStore("actions"), tx.objectStore("notes")), whole]);
      return answer;
    } catch (error) {
      trouble = (error as Error | null)?.name ?? "";
      db?.close();
      db = null;
      return wasOpen && trouble === "InvalidStateError" ? onDisk(work, durability) : null;
    }
  }

  await onDisk(() => {}); // to know at once whether there is one
  tell();

  return {
    async put(action) {
      // Those in memory came before it: all of them are written, or none.
      let written: readonly Kept[] = [];
      const stored =
        memory.length < manyInMemory &&
        (await onDisk(async (actions) => {
          written = [...memory, action];
          await Promise.all(written.map((kept) => answerOf(actions.add(kept))));
          return true;
        }, "strict"));
      if (stored) memory = memory.filter((kept) => !written.includes(kept));
      else memory.push(action);
      tell();
      return stored === true;
    },
    async ofNode(node) {
      const kept = (await onDisk((actions) => answerOf<Kept[]>(actions.getAll()))) ?? [];
      return [...kept, ...memory].filter((a) => a.node === node);
    },
    async settle(results) {
      const refused = (kept: Kept, error: Problem): Kept => ({ ...kept, state: "rejected", error });
      memory = memory.flatMap((kept) => {
        const result = results.find((r) => r.id === kept.id);
        return !result ? kept : result.error ? refused(kept, result.error) : [];
      });
      await onDisk(async (actions) => {
        for (const { id, error } of results) {
          const kept = await answerOf<Kept | undefined>(actions.index("id").get(id));
          if (kept && error) actions.put(refused(kept, error));
          else if (kept?.n) actions.delete(kept.n);
        }
      });
      tell();
    },
    async claim(owner, tab, now, leaseMs) {
      const key = leaseKey(owner);
      const claim = await onDisk<Claim>(async (actions, kept) => {
        const lease = await answerOf<Lease | undefined>(kept.get(key));
        // A lease that ends later than any could is of a clock that was set back since.
        if (lease && lease.tab !== tab && lease.until > now && lease.until <= now + leaseMs) return lease;
        kept.put({ tab, until: now + leaseMs } satisfies Lease, key);
        return { actions: await answerOf<Kept[]>(actions.getAll()) };
      });
      if (claim && "until" in claim) return claim;
      const all = [...(claim?.actions ?? []), ...memory];
      return { actions: all.filter((a) => a.node === owner.node && a.user.id === owner.user) };
    },
    async release(owner, tab) {
      const key = leaseKey(owner);
      await onDisk(async (_, kept) => {
        const lease = await answerOf<Lease | undefined>(kept.get(key));
        if (lease?.tab === tab) kept.delete(key);
      });
    },
    async remember(name, what) {
      await onDisk((_, kept) => void kept.put(what, name));
    },
    async recall<T>(name: string) {
      return (await onDisk((_, kept) => answerOf<T | undefined>(kept.get(name)))) ?? null;
    },
    close: () => db?.close(),
  };
}

function answerOf<T = unknown>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}

async function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open("sangam", 1);
  request.onupgradeneeded = () => {
    const actions = request.result.createObjectStore("actions", { keyPath: "n", autoIncrement: true });
    actions.createIndex("id", "id", { unique: true });
    request.result.createObjectStore("notes");
  };
  const db = await answerOf<IDBDatabase>(request);
  db.onversionchange = () => db.close();
  return db;
}
