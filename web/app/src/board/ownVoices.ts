import type { Client, Shape } from "@sangam/sdk";
import { addressOf } from "../screen/door.ts";

/** Where a clip that the ashram recorded itself is found, by LANGUAGE/CLIP. */
export type OwnVoices = ReadonlyMap<string, string>;

/** Asks the node which clips it has of its own; the browser asks for an unchanged list again at no cost. */
export async function fetchOwnVoices(client: Client, signal?: AbortSignal): Promise<OwnVoices> {
  const answer = await fetch(addressOf(client, "/api/v1/voices", {}), { signal: signal ?? null });
  if (!answer.ok) throw new Error(`own voices: ${answer.status}`);
  const { voices }: Shape<"Voices"> = await answer.json();
  return new Map(
    voices.map(({ lang, clip, tag }) => [
      `${lang}/${clip}`,
      addressOf(client, `/api/v1/voices/${lang}/${clip}`, { tag }),
    ]),
  );
}
