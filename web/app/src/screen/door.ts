import type { Client, UplinkStatus, User } from "@sangam/sdk";

/** How a node is reached over https by itself; `fingerprint` of the site's own root, where it has one. */
export interface HttpsStatus {
  port: number;
  plainPort: number;
  fingerprint?: string;
}

/** What a node tells anybody who asks; `setup` while it waits for its first admin. */
export interface NodeStatus {
  node: string;
  role: string;
  site?: string;
  siteName?: string;
  timezone?: string;
  version: string;
  setup?: boolean;
  https?: HttpsStatus | null;
  uplink?: UplinkStatus | null;
}

export interface StaffName {
  id: string;
  name: string;
  role: string;
}

export interface SetupAnswers {
  code: string;
  site?: { name: string; timezone: string };
  admin: { name: string; pin: string };
}

export const fetchStatus = (client: Client) => client.request<NodeStatus>("GET", "/api/v1/status");

export async function fetchNames(client: Client): Promise<StaffName[]> {
  return (await client.request<{ names: StaffName[] }>("GET", "/api/v1/session/names")).names;
}

/** Where a document of the node is found by this screen's session. */
export function addressOf(client: Client, path: string, asked: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({ ...asked, screen: client.options.screen });
  return `${path}?${query}`;
}

/** Sets the node up; its first admin is signed in on this screen. */
export async function setUp(client: Client, answers: SetupAnswers): Promise<void> {
  await client.adoptSession(
    await client.request<{ token?: string; user: User }>("POST", "/api/v1/setup", answers),
  );
}

/** Why something failed, as far as a screen cares. `no_answer` is any failure that reached no node. */
export interface Failure {
  code: string;
  message: string;
  /** How long to wait, where the node said so. */
  retryAfterMs: number | null;
}

const UNREACHED = new Set(["offline", "timeout", "aborted"]);

/** Reads whatever was thrown: a refusal of the node has a code, anything else is no answer. */
export function failureOf(error: unknown): Failure {
  const said = (error ?? {}) as { code?: unknown; message?: unknown; retryAfterMs?: unknown };
  const code = typeof said.code === "string" && !UNREACHED.has(said.code) ? said.code : "no_answer";
  return {
    code,
    message: typeof said.message === "string" ? said.message : String(error),
    retryAfterMs: typeof said.retryAfterMs === "number" ? said.retryAfterMs : null,
  };
}
