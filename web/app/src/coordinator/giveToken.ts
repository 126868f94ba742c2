import type { Client, State } from "@sangam/sdk";
import type { Dispatch, SetStateAction } from "react";
import { numberSetting } from "../desk/settings.ts";
import { askOf, type Draft } from "./draft.ts";

export interface CheckInProps {
  draft: Draft;
  setDraft: Dispatch<SetStateAction<Draft>>;
  onOpen(entry: string): void;
  onClose(): void;
}

/** Minutes a class of credit is worth at this site, as far as it is told; the node's default else. */
export function creditMinutes(state: State, credit: Draft["credit"]): number {
  return credit ? numberSetting(state, `${credit}Minutes`, 20) : 0;
}

/** Asks for the token and follows it into the draft; a late answer to an earlier draft is only in the drawer. */
export function giveToken(
  client: Client,
  draft: Draft,
  setDraft: CheckInProps["setDraft"],
  override = false,
) {
  const act = client.act("queue.check_in", askOf(draft, override));
  setDraft((now) => ({ ...now, step: "token", action: act.id, outcome: null }));
  void act.settled.then((outcome) => setDraft((now) => (now.action === act.id ? { ...now, outcome } : now)));
}
