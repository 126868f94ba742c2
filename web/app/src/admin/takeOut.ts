import type { Client } from "@sangam/sdk";
import { addressOf } from "../screen/door.ts";

/** Why a document did not come: the node's own words and its code, or none when it did not answer. */
export class NotTaken extends Error {
  constructor(
    message: string,
    readonly code = "",
  ) {
    super(message);
  }
}

/** Fetches a document and hands it to the browser to keep. Rejects with NotTaken; nothing is kept then. */
export async function takeOut(
  client: Client,
  path: string,
  asked: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  keep(await (await ask(client, path, asked)).blob(), name);
}

/**
 * As takeOut, of a document of any size, under the name that the node gives it: told is called with the bytes that came,
 * of how many. Returns that number. An abort rejects too.
 */
export async function takeOutLarge(
  client: Client,
  path: string,
  told: (bytes: number, all: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const answer = await ask(client, path, {}, signal);
  const all = Number(answer.headers.get("Content-Length"));
  let came = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, out) {
      came += part.byteLength;
      told(came, all);
      out.enqueue(part);
    },
  });
  const whole = await new Response(answer.body?.pipeThrough(counting)).blob().catch(() => null);
  if (!whole || whole.size !== all) throw new NotTaken("");
  const [, name] = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "") ?? [];
  keep(whole, name ?? "sangam");
  return all;
}

async function ask(
  client: Client,
  path: string,
  asked: Readonly<Record<string, string>>,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const answer = await fetch(addressOf(client, path, asked), { signal }).catch(() => null);
  if (!answer) throw new NotTaken("");
  if (answer.ok) return answer;
  const said: { message?: unknown; code?: unknown } = await answer.json().catch(() => ({}));
  throw new NotTaken(typeof said.message === "string" ? said.message : "", String(said.code ?? ""));
}

/** Hands bytes to the browser under a name. */
export function keep(bytes: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  // The browser has its own hold on it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
