import type { PendingAction } from "@sangam/sdk";
import { useClient } from "../screen/client.tsx";
import { useLanguage, useWords } from "../words/Language.tsx";
import { type PendingKey, pending as words } from "../words/pending.ts";
import { refusalInHindi } from "../words/refusals.ts";

/** An action in words, with the token it is about as far as this screen knows it: "Call A038". */
export function useActionWords(): (action: Pick<PendingAction, "type" | "data">) => string {
  const say = useWords(words);
  const client = useClient();
  return ({ type, data }) => {
    const entry = typeof data.entry === "string" ? data.entry : "";
    const known = client.getState().rows.get("row")?.get(entry)?.fields.token ?? data.token ?? "";
    const key = (type in words.phrases ? type : "action") as "queue.call";
    return say(key, { token: String(known) }).trim();
  };
}

/** Codes of which there are many reasons: the node's own words stay beside them. */
const MANY = new Set(["invalid", "not_allowed", "closed"]);

/** Why an action was refused: by its code where the code says enough, else in the node's own words. */
export function useWhy(): (action: Pick<PendingAction, "error">) => string {
  const say = useWords(words);
  const { lang } = useLanguage();
  return ({ error }) => {
    if (!error) return "";
    const key = `why.${error.code}`;
    if (!(key in words.phrases) || (lang === "en" && error.message)) return error.message;
    const known = refusalInHindi(error.message);
    if (known) return known;
    const said = say(key as PendingKey & "why.stale");
    return MANY.has(error.code) && error.message ? `${said} (${error.message})` : said;
  };
}
