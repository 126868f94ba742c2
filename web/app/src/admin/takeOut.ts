import type { Client } from "@sangam/sdk";
import { addressOf } from "../screen/door.ts";

/** Why a document did not come: the node's own words, or none when it did not answer. */
export class NotTaken extends Error {}

/** Fetches a document and hands it to the browser to keep. Rejects with NotTaken; nothing is kept then. */
export async function takeOut(
  client: Client,
  path: string,
  asked: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  const answer = await fetch(addressOf(client, path, asked)).catch(() => null);
  if (!answer) throw new NotTaken("");
  if (!answer.ok) {
    const said: { message?: unknown } = await answer.json().catch(() => ({}));
    throw new NotTaken(typeof said.message === "string" ? said.message : "");
  }
  keep(await answer.blob(), name);
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
