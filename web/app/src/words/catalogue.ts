/**
 * Words in three languages. A phrase stands with its translations side by side, so that one which
 * lacks a language does not compile. People-facing screens speak all of `Lang`, staff screens at
 * least English and Hindi; a staff phrase read in Marathi is said in Hindi, which shares its script.
 */
export type Lang = "en" | "hi" | "mr";
export const LANGS: readonly Lang[] = ["hi", "mr", "en"];
export const STAFF_LANGS: readonly Lang[] = ["hi", "en"];
export const LANG_NAMES: Record<Lang, string> = { en: "English", hi: "हिन्दी", mr: "मराठी" };

/** Counted by `{count}`: Hindi and Marathi know the same two classes as English, with other bounds. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}
export type Text = string | Plural;
type SameShape<En extends Text> = En extends string ? string : Plural;

export interface StaffPhrase<En extends Text = Text> {
  readonly en: En;
  readonly hi: SameShape<En>;
  readonly mr?: SameShape<En>;
}
export interface Phrase<En extends Text = Text> extends StaffPhrase<En> {
  readonly mr: SameShape<En>;
}

type Slots<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;
type SlotsOf<T extends Text> = T extends Plural
  ? "count" | Slots<T["other"]>
  : T extends string
    ? Slots<T>
    : never;
export type Params<T extends Text> = {
  readonly [K in SlotsOf<T>]: K extends "count" ? number : string | number;
};

type Args<T extends Text> = [SlotsOf<T>] extends [never] ? [] : [params: Params<T>];
type Texts<C> = { [K in keyof C]: C[K] extends { en: infer En extends Text } ? En : never };

/** Says a phrase of one catalogue in one language. */
export type Say<C> = <K extends keyof C & string>(key: K, ...args: Args<Texts<C>[K]>) => string;

export interface Catalogue<C> {
  readonly phrases: C;
  /** Those it must speak; it says the rest in one of them. */
  readonly langs: readonly Lang[];
  in(lang: Lang): Say<C>;
}

const plurals: Record<Lang, Intl.PluralRules> = {
  en: new Intl.PluralRules("en-IN"),
  hi: new Intl.PluralRules("hi-IN"),
  mr: new Intl.PluralRules("mr-IN"),
};

function choose(text: Text, lang: Lang, count: unknown): string {
  if (typeof text === "string") return text;
  return plurals[lang].select(Number(count)) === "one" ? text.one : text.other;
}

function spell(phrase: StaffPhrase, lang: Lang, params: Readonly<Record<string, unknown>> = {}): string {
  const spoken = lang === "mr" && phrase.mr === undefined ? "hi" : lang;
  const text = choose(phrase[spoken] ?? phrase.en, spoken, params.count);
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => String(params[name] ?? slot));
}

function catalogue<C extends Record<string, StaffPhrase>>(phrases: C, langs: readonly Lang[]): Catalogue<C> {
  const spoken = new Map<Lang, Say<C>>();
  return {
    phrases,
    langs,
    in(lang) {
      let say = spoken.get(lang);
      if (!say) {
        say = (key, ...args) => {
          const phrase = phrases[key];
          return phrase ? spell(phrase, lang, args[0]) : key;
        };
        spoken.set(lang, say);
      }
      return say;
    },
  };
}

/** The words of a screen that devotees read: English, Hindi and Marathi are all required. */
export function peopleWords<const C extends Record<string, Phrase>>(
  phrases: C & { readonly [K in keyof C]: Phrase<C[K]["en"]> },
): Catalogue<C> {
  return catalogue<C>(phrases, LANGS);
}

/** The words of a screen that only staff read: English and Hindi are required. */
export function staffWords<const C extends Record<string, StaffPhrase>>(
  phrases: C & { readonly [K in keyof C]: StaffPhrase<C[K]["en"]> },
): Catalogue<C> {
  return catalogue<C>(phrases, STAFF_LANGS);
}
