import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket as NodeSocket, WebSocketServer, type WebSocket as Ws } from "ws";
import { type Client, createClient, queueOf, type WireAction } from "../src/index.ts";

/** A node over real sockets: an HTTP server and a ws server on a port the kernel chose. */
class RealNode {
  server!: Server;
  sockets!: WebSocketServer;
  port = 0;
  rows: { id: string; order: number }[] = [];
  acts: { how: string; id: string; token: string }[] = [];
  answers = true;
  private open = new Set<Socket>();

  async start(port = 0): Promise<void> {
    this.server = createServer((req, res) => void this.http(req, res));
    this.server.on("connection", (s) => this.open.add(s.on("close", () => this.open.delete(s))));
    this.sockets = new WebSocketServer({ server: this.server, path: "/ws" });
    this.sockets.on("connection", (ws, req) => this.greet(ws, req));
    await new Promise<void>((up) => this.server.listen(port, "127.0.0.1", up));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const s of this.open) s.destroy();
    this.sockets.close();
    await new Promise((down) => this.server.close(down));
  }

  get cursor(): string {
    return `c${this.rows.length}`;
  }

  clocks() {
    const time = new Date().toISOString();
    return { serverTime: time, clinicTime: time, clinicSpeed: 1 };
  }

  changes(since: string) {
    return this.rows
      .slice(Number(since.slice(1)))
      .map((r) => ({ kind: "row", id: r.id, fields: this.fields(r) }));
  }

  fields(r: { id: string; order: number }) {
    return { ...r, guruji: "g1", token: r.id, status: "waiting", generation: 0, band: 1 };
  }

  greet(ws: Ws, req: IncomingMessage): void {
    const since = new URL(req.url ?? "", "http://x").searchParams.get("since") ?? "";
    const send = (frame: unknown) => ws.send(JSON.stringify(frame));
    send({
      frame: "hello",
      session: "s",
      node: "n1",
      boot: "b",
      cursor: since,
      beatMs: 1_000,
      ...this.clocks(),
    });
    send({ frame: "changes", from: since, to: this.cursor, events: [], changes: this.changes(since) });
    ws.on("message", (text) => {
      const frame = JSON.parse(String(text)) as { frame: string; action: WireAction };
      if (frame.frame !== "act") return;
      this.acts.push({
        how: "socket",
        id: frame.action.id,
        token: new URL(req.url ?? "", "http://x").searchParams.get("token") ?? "",
      });
      if (this.answers) send({ frame: "result", id: frame.action.id, status: "applied" });
      else ws.terminate();
    });
  }

  add(id: string): void {
    const from = this.cursor;
    this.rows.push({ id, order: this.rows.length });
    for (const ws of this.sockets.clients) {
      ws.send(
        JSON.stringify({ frame: "changes", from, to: this.cursor, events: [], changes: this.changes(from) }),
      );
    }
  }

  async http(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? "", "http://x");
    let text = "";
    for await (const chunk of req) text += String(chunk);
    const user = { id: "u", name: "Asha", role: "coordinator" };
    const signedIn = req.headers.authorization === "Bearer secret";
    const answer = (status: number, body: unknown) =>
      res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (url.pathname === "/api/v1/status") return void answer(200, { node: "n1" });
    if (!signedIn || req.headers["sangam-screen"] !== "desk")
      return void answer(401, { code: "unauthenticated", message: "", retryable: false });
    switch (url.pathname) {
      case "/api/v1/session":
        return void answer(200, { expiresAt: null, user });
      case "/api/v1/snapshot":
        return void answer(200, {
          cursor: this.cursor,
          at: "",
          view: {
            gurujis: [
              {
                id: "g1",
                name: "G",
                room: null,
                availability: "available",
                entries: this.rows.map((r) => this.fields(r)),
              },
            ],
          },
        });
      case "/api/v1/changes": {
        const since = url.searchParams.get("since") ?? "";
        if (since === this.cursor) return void res.writeHead(304).end();
        return void answer(200, {
          cursor: this.cursor,
          changes: this.changes(since),
          events: [],
          more: false,
        });
      }
      case "/api/v1/actions": {
        const { actions } = JSON.parse(text) as { actions: WireAction[] };
        const known = new Set(this.acts.map((a) => a.id));
        for (const a of actions) this.acts.push({ how: "http", id: a.id, token: "" });
        return void answer(200, {
          results: actions.map((a) => ({ id: a.id, status: known.has(a.id) ? "duplicate" : "applied" })),
        });
      }
    }
    answer(404, { code: "not_found", message: "", retryable: false });
  }
}

let node: RealNode;
let client: Client;

beforeEach(async () => {
  node = new RealNode();
  await node.start();
  client = createClient({
    baseUrl: `http://127.0.0.1:${node.port}`,
    view: "queue",
    screen: "desk",
    token: "secret",
    crossTab: false,
    deps: { WebSocket: NodeSocket as unknown as new (url: string) => WebSocket, indexedDB: new IDBFactory() },
  });
});

afterEach(async () => {
  client.stop();
  await node.stop();
});

const tokens = () => queueOf(client.getState()).map((e) => e.token);

/** Resolves at the first state for which it holds; the runner's own limit ends a wait for what never comes. */
function state(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve();
    const end = client.subscribe(() => {
      if (!holds()) return;
      end();
      resolve();
    });
  });
}

describe("over real sockets", () => {
  it("follows live, loses the node, finds it again on its port, and has everything", async () => {
    node.rows.push({ id: "A1", order: 0 });
    client.start();
    await state(() => client.getState().connection.mode === "realtime");
    node.add("A2");
    await state(() => tokens().length === 2);

    const { port } = node;
    await node.stop();
    await state(() => client.getState().connection.mode === "offline");
    const act = client.act("note.write", { name: "while away" });
    expect(await act.stored).toBe(true);
    node.rows.push({ id: "A3", order: 2 });
    await node.start(port);
    expect((await act.settled).status).toBe("applied");
    await state(() => client.getState().connection.mode === "realtime" && tokens().length === 3);
    expect(tokens()).toEqual(["A1", "A2", "A3"]);
    expect(node.acts.map((a) => a.id)).toEqual([act.id]);
  }, 30_000);

  it("sends an action again by HTTP, with the same id, when the socket drops before the result", async () => {
    client.start();
    await state(() => client.getState().connection.mode === "realtime");
    node.answers = false;
    const act = client.act("note.write", { name: "x" });
    expect((await act.settled).status).toBe("duplicate");
    expect(node.acts).toEqual([
      { how: "socket", id: act.id, token: "secret" },
      { how: "http", id: act.id, token: "" },
    ]);
  }, 30_000);

  it("stops when the bearer token is not known", async () => {
    client = createClient({ ...client.options, token: "wrong" });
    client.start();
    await state(() => client.getState().session.status === "signed_out");
    expect(node.sockets.clients.size).toBe(0);
  });
});
