import { type ActionData, rowsOf, type State } from "@sangam/sdk";
import { LANGS, type Lang } from "../words/catalogue.ts";

export const TYPES = ["ayurvedic", "homeopathic", "spiritual", "lifestyle", "dietary"] as const;

/** A remedy that gurujis of all sites find by its name. */
export interface Template {
  /** Empty: not saved yet. */
  id: string;
  name: string;
  type: (typeof TYPES)[number];
  dosage: string;
  /** 0: not said. */
  days: number;
  instructions: string;
  language: Lang;
  disabled: boolean;
  /** A change of it waits on this screen. */
  sent: boolean;
}

export const NEW: Template = {
  id: "",
  name: "",
  type: "ayurvedic",
  dosage: "",
  days: 0,
  instructions: "",
  language: "hi",
  disabled: false,
  sent: false,
};

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Those that are offered first, by name; then those that are not any more. */
export function templatesOf(state: State): readonly Template[] {
  const sent = new Set(
    state.pending.filter((one) => one.mine && one.state !== "rejected").map((one) => one.data.template),
  );
  return [...rowsOf(state, "remedy_template")]
    .map(([id, { fields }]) => ({
      id,
      name: text(fields.name),
      type: TYPES.find((type) => type === fields.type) ?? "ayurvedic",
      dosage: text(fields.dosage),
      days: typeof fields.days === "number" ? fields.days : 0,
      instructions: text(fields.instructions),
      language: LANGS.find((lang) => lang === fields.language) ?? "hi",
      disabled: fields.disabled === true,
      sent: sent.has(id),
    }))
    .sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.name.localeCompare(b.name));
}

/** What the node is asked: all of it, since what is left out is emptied. */
export function templateData(one: Template): ActionData<"template.save"> {
  const said = (value: string) => value.trim() || undefined;
  return {
    ...(one.id ? { template: one.id } : {}),
    name: one.name.trim(),
    type: one.type,
    language: one.language,
    ...(said(one.dosage) ? { dosage: one.dosage.trim() } : {}),
    ...(one.days > 0 ? { days: one.days } : {}),
    ...(said(one.instructions) ? { instructions: one.instructions.trim() } : {}),
    ...(one.disabled ? { disabled: true } : {}),
  };
}
