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

/** What waits, oldest first; or until when another tab has the right to send it. */
export type Claim = { actions: Kept[] } | { until: number };

/** Who used a screen last: what a screen goes by while the node does not answer. */
export interface Remembered {
  node: string;
  user: User;
}

export interface Store {
  /** False: something is kept in memory only, and lost with the tab. */
  readonly durable: boolean;
  /** True when it is on disk. */
  put(action: Kept): Promise<boolean>;
  ofNode(node: string): Promise<Kept[]>;
  reject(id: string, error: Problem): Promise<void>;
  remove(id: string): Promise<void>;
  /** In one transaction: takes or renews the lease of the owner for a tab, and reads what waits. */
  claim(owner: Owner, tab: string, now: number, leaseMs: number): Promise<Claim>;
  release(owner: Owner, tab: string): Promise<void>;
  remember(screen: string, who: Remembered | null): Promise<void>;
  recall(screen: string): Promise<Remembered | null>;
  close(): void;
}

interface Lease {
  tab: string;
  until: number;
}

const leaseKey = ({ node, user }: Owner) => `lease ${node} ${user}`;

/**
 * Opens the store. Where the disk is refused (private mode, no room, blocked by policy), or takes no more, memory
 * stands in, and `durableChanged` is told for as long as that is so.
 */
export async function openStore(
  factory: IDBFactory | null,
  durableChanged: (durable: boolean) => void,
): Promise<Store> {
  const db = factory && (await open(factory).catch(() => null));
  let memory: Kept[] = [];
  const notes = new Map<string, unknown>();
  const tell = () => durableChanged(durable());
  const durable = () => db !== null && memory.length === 0;
  tell();

  /** Runs `work` on the disk as one transaction and gives its answer once that is whole; null without a disk. */
  async function onDisk<T>(
    work: (actions: IDBObjectStore, notes: IDBObjectStore) => Promise<T> | T,
    durability: IDBTransactionDurability = "relaxed",
  ): Promise<T | null> {
    if (!db) return null;
    const tx = db.transaction(["actions", "notes"], "readwrite", { durability });
    const whole = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error);
    });
    const [answer] = await Promise.all([work(tx.objectStore("actions"), tx.objectStore("notes")), whole]);
    return answer;
  }

  const find = (actions: IDBObjectStore, id: string) =>
    answerOf<Kept | undefined>(actions.index("id").get(id));

  async function note(key: string, value: unknown): Promise<void> {
    notes.set(key, value);
    // What cannot be noted is only a little less convenient.
    await onDisk((_, kept) => void kept.put(value, key)).catch(() => null);
  }

  return {
    get durable() {
      return durable();
    },
    async put(action) {
      // While older ones are in memory, newer ones join them: order matters more.
      if (durable()) {
        const stored = await onDisk((actions) => answerOf(actions.add(action)), "strict").catch(() => null);
        if (stored !== null) return true;
      }
      memory.push(action);
      tell();
      return false;
    },
    async ofNode(node) {
      const kept = (await onDisk((actions) => answerOf<Kept[]>(actions.getAll()))) ?? [];
      return [...kept, ...memory].filter((a) => a.node === node);
    },
    async reject(id, error) {
      const refused = (a: Kept): Kept => ({ ...a, state: "rejected", error });
      memory = memory.map((a) => (a.id === id ? refused(a) : a));
      await onDisk(async (actions) => {
        const kept = await find(actions, id);
        if (kept) actions.put(refused(kept));
      });
    },
    async remove(id) {
      memory = memory.filter((a) => a.id !== id);
      await onDisk(async (actions) => {
        const kept = await find(actions, id);
        if (kept?.n !== undefined) actions.delete(kept.n);
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
      return {
        actions: all.filter(
          (a) => a.node === owner.node && a.user.id === owner.user && a.state === "waiting",
        ),
      };
    },
    async release(owner, tab) {
      const key = leaseKey(owner);
      await onDisk(async (_, kept) => {
        const lease = await answerOf<Lease | undefined>(kept.get(key));
        if (lease?.tab === tab) kept.delete(key);
      });
    },
    remember: (screen, who) => note(`who ${screen}`, who),
    async recall(screen) {
      const key = `who ${screen}`;
      const kept = await onDisk((_, notesKept) => answerOf<Remembered | undefined>(notesKept.get(key))).catch(
        () => null,
      );
      return kept ?? (notes.get(key) as Remembered | undefined) ?? null;
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
