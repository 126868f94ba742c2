import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Change, SnapshotView, UplinkStatus, User, WireAction, WireResult } from "@sangam/sdk";
import { type WebSocket, WebSocketServer } from "ws";
import { CLINIC_NOW, clinicView, staff, uplinks } from "./fixtures.ts";

/** What a node sends with every page; a screen that needs more does not work on a real one. */
export const CSP = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const BEAT_MS = 1000;
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * A node in a page of code: it speaks the contract of a real one from fixtures, so that screens can be looked at
 * and driven without one. It judges nothing.
 */
export class TestNode {
  view: (name: string) => SnapshotView = clinicView;
  user: User | null = { id: "d1", name: "Kiosk 1", role: "kiosk" };
  uplink: UplinkStatus = uplinks.silent;
  pin = "2468";
  setup = false;
  /** Approves the next device that asks. */
  approve: User | null = null;
  lockedForS = 0;
  judge: (action: WireAction) => Omit<WireResult, "id"> = () => ({ status: "applied", data: {} });
  readonly acted: WireAction[] = [];
  /** What becomes of a page on its way out: another build has other files. */
  rewrite = (html: string) => html;
  boot = "b";
  private seq = 1;
  private silent = false;
  private readonly sockets = new Set<WebSocket>();
  private readonly server = createServer((req, res) => this.serve(req, res));
  private readonly wss = new WebSocketServer({ noServer: true });
  private readonly beats = setInterval(
    () => this.toAll({ frame: "beat", cursor: this.cursor, uplink: this.uplink, ...this.times() }),
    BEAT_MS / 2,
  );
  private readonly began = Date.now();

  constructor(private readonly pages: string) {
    this.server.on("upgrade", (req, socket, head) => {
      if (this.silent || !this.user) return socket.destroy();
      this.wss.handleUpgrade(req, socket, head, (ws) => this.greet(ws));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((ready) => this.server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.beats);
    for (const ws of this.sockets) ws.terminate();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Sends rows to everybody who listens, as one frame of the chain. */
  push(changes: Change[]): void {
    const from = this.cursor;
    this.seq++;
    this.toAll({ frame: "changes", from, to: this.cursor, events: [], changes });
  }

  /** Nothing of the API answers any more, or again; pages still load. */
  cut(off: boolean): void {
    this.silent = off;
    if (off) for (const ws of this.sockets) ws.terminate();
  }

  private get cursor(): string {
    return `c${this.seq}`;
  }

  private times() {
    const clinicTime = new Date(CLINIC_NOW + Date.now() - this.began).toISOString();
    return { serverTime: new Date().toISOString(), clinicTime, clinicSpeed: 1 };
  }

  private greet(ws: WebSocket): void {
    this.sockets.add(ws);
    ws.on("close", () => this.sockets.delete(ws));
    ws.on("message", (data) => {
      const frame = JSON.parse(String(data)) as { frame: string; action?: WireAction };
      if (frame.action) ws.send(JSON.stringify({ frame: "result", ...this.result(frame.action) }));
    });
    ws.send(
      JSON.stringify({
        frame: "hello",
        session: "s",
        node: "n",
        boot: this.boot,
        cursor: this.cursor,
        beatMs: BEAT_MS,
        ...this.times(),
      }),
    );
  }

  private toAll(frame: unknown): void {
    if (!this.silent) for (const ws of this.sockets) ws.send(JSON.stringify(frame));
  }

  private result(action: WireAction): WireResult {
    this.acted.push(action);
    return { id: action.id, ...this.judge(action) };
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? "/", "http://node");
    if (!url.pathname.startsWith("/api/")) return this.page(url.pathname, res);
    if (this.silent) return void res.socket?.destroy();
    const body = await json(req);
    const [status, answer, headers] = this.answer(`${req.method} ${url.pathname.slice(8)}`, url, body);
    res.writeHead(status, { "Content-Type": "application/json", ...headers });
    res.end(JSON.stringify(answer));
  }

  private answer(
    what: string,
    url: URL,
    body: Record<string, unknown>,
  ): [number, unknown, Record<string, string>?] {
    switch (what) {
      case "GET status":
        return [
          200,
          {
            node: "n",
            role: "edge",
            site: "site1",
            siteName: "Nirmal Dham Ashram",
            timezone: "Asia/Kolkata",
            boot: this.boot,
            version: "0",
            setup: this.setup,
            uplink: this.uplink,
          },
        ];
      case "GET session/names":
        return [200, { names: staff }];
      case "POST session":
        return this.enter(body);
      case "DELETE session":
        this.user = null;
        return [200, {}];
      case "POST setup":
        if (body.code !== "TULSI-4F7K") return refused(401, "unauthenticated");
        this.setup = false;
        return this.admit({ id: "u6", name: "Meera Kelkar", role: "admin" });
    }
    if (!this.user) return refused(401, "unauthenticated");
    switch (what) {
      case "GET session":
        return [200, { user: this.user, expiresAt: null }];
      case "GET snapshot":
        return [
          200,
          {
            cursor: this.cursor,
            at: this.times().serverTime,
            view: this.view(url.searchParams.get("view") ?? ""),
          },
        ];
      case "GET changes":
        return [200, { cursor: this.cursor, changes: [], events: [], more: false }];
      case "POST actions":
        return [200, { results: (body.actions as WireAction[]).map((action) => this.result(action)) }];
    }
    return refused(404, "not_found");
  }

  private enter(body: Record<string, unknown>): [number, unknown, Record<string, string>?] {
    if (this.lockedForS) return refused(429, "locked_out", { "Retry-After": String(this.lockedForS) });
    if (body.device) {
      const approved = (body.device as { requestId?: string }).requestId && this.approve;
      return approved ? this.admit(approved) : [202, { requestId: "r1", code: "7KQM-X2PA" }];
    }
    if (body.link === "good") return this.admit({ id: "B41", name: "B041", role: "patient" });
    const who = staff.find((one) => one.id === body.user);
    return who && body.pin === this.pin ? this.admit(who as User) : refused(401, "unauthenticated");
  }

  private admit(user: User): [number, unknown] {
    this.user = user;
    return [200, { token: "t", expiresAt: null, user }];
  }

  private async page(path: string, res: ServerResponse): Promise<void> {
    const name = path === "/" ? "/index.html" : extname(path) ? path : `${path}.html`;
    try {
      const file = await readFile(join(this.pages, name));
      res.writeHead(200, {
        "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
        "Content-Security-Policy": CSP,
      });
      res.end(extname(name) === ".html" ? this.rewrite(file.toString()) : file);
    } catch {
      res.writeHead(404, { "Content-Type": "text/plain" }).end("no such page");
    }
  }
}

function refused(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): [number, unknown, Record<string, string>] {
  return [status, { code, message: `Refused: ${code}.`, retryable: false }, headers];
}

async function json(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const part of req) text += part;
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}
