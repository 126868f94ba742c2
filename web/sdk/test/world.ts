/** One browser in front of one node: tabs share its disk and its channels, and all share one clock. */
import { IDBFactory } from "fake-indexeddb";
import { type Client, type ClientOptions, createClient } from "../src/index.ts";
import { TestNode } from "../src/testing.ts";
import { Clock, settle } from "./clock.ts";

export class World {
  clock = new Clock();
  node = new TestNode(this.clock);
  disk: IDBFactory | null = new IDBFactory();
  logs: string[] = [];
  /** This device's clock minus the node's. */
  skewMs = 0;
  private channels = new Set<FakeChannel>();
  private lives = new Map<Client, Life>();
  private seed = 1;

  channelClass(life: Life = { over: false, sockets: [] }) {
    const { channels } = this;
    return class extends FakeChannel {
      constructor(name: string) {
        super(name, channels, life);
      }
    } as unknown as new (
      name: string,
    ) => BroadcastChannel;
  }

  tab(options: Partial<ClientOptions> = {}): Client {
    const life: Life = { over: false, sockets: [] };
    const alive = (run: () => void) => () => {
      if (!life.over) run();
    };
    const Socket = this.node.socketClass();
    const client = createClient({
      baseUrl: "http://node",
      view: "coordinator",
      screen: "desk",
      log: (line) => this.logs.push(line),
      ...options,
      deps: {
        fetch: async (...request) => {
          const answer = await this.node.fetch(...request).catch((error: unknown) => error);
          if (life.over) await new Promise(() => {}); // nobody is left to hear it
          if (answer instanceof Response) return answer;
          throw answer;
        },
        WebSocket: class {
          constructor(url: string) {
            const socket = new Socket(url);
            life.sockets.push(socket);
            // biome-ignore lint/correctness/noConstructorReturn: stands in for the browser's class
            return socket;
          }
        } as unknown as new (
          url: string,
        ) => WebSocket,
        indexedDB: this.disk,
        BroadcastChannel: this.channelClass(life),
        now: () => this.clock.now() + this.skewMs,
        setTimeout: (run, ms) => this.clock.setTimeout(alive(run), ms),
        clearTimeout: this.clock.clearTimeout,
        random: () => 0.5,
        getRandomValues: (bytes) => {
          for (let i = 0; i < bytes.length; i++) bytes[i] = this.seed = (this.seed * 48_271) % 2_147_483_647;
        },
        ...options.deps,
      },
    });
    this.lives.set(client, life);
    return client;
  }

  /** Time in which the node beats as it should. */
  async live(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= this.node.beatMs) {
      await this.clock.advance(Math.min(left, this.node.beatMs));
      this.node.beat();
    }
    await this.clock.advance(0);
  }

  /** A tab that has started and found its place. */
  async openTab(options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.tab(options);
    client.start();
    await this.clock.advance(200);
    return client;
  }

  /** The tab is gone from one moment to the next; nothing is said, nothing is flushed. */
  crash(client: Client): void {
    const life = this.lives.get(client);
    if (!life) throw new Error("not a tab of this world");
    life.over = true;
    for (const socket of life.sockets) socket.close();
  }

  async close(): Promise<void> {
    for (const c of this.lives.keys()) c.stop();
    await settle();
  }
}

/** A tab's own: over when it crashed. */
interface Life {
  over: boolean;
  sockets: WebSocket[];
}

/** Like the browser's: heard by all others of the name, later, as a copy. */
class FakeChannel {
  onmessage: ((m: { data: unknown }) => void) | null = null;

  constructor(
    readonly name: string,
    readonly all: Set<FakeChannel>,
    readonly life: Life,
  ) {
    all.add(this);
  }

  postMessage(data: unknown): void {
    const copy = structuredClone(data);
    for (const other of this.all) {
      if (other === this || other.name !== this.name || this.life.over) continue;
      setImmediate(() => {
        if (!other.life.over) other.onmessage?.({ data: copy });
      });
    }
  }

  close(): void {
    this.onmessage = null;
    this.all.delete(this);
  }
}
