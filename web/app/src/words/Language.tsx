import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Catalogue, LANGS, type Lang, type Say } from "./catalogue.ts";
import { common } from "./common.ts";
import type { SayCommon } from "./times.ts";

interface Spoken {
  lang: Lang;
  setLang(lang: Lang): void;
}

const Spoken = createContext<Spoken>({ lang: "en", setLang: () => {} });

/** Storage is refused in some private windows; a screen then simply begins in its first language. */
function kept(key: string): Lang | undefined {
  try {
    const lang = localStorage.getItem(key);
    return LANGS.find((known) => known === lang);
  } catch {
    return undefined;
  }
}

function keep(key: string, lang: Lang) {
  try {
    localStorage.setItem(key, lang);
  } catch {
    // Nothing is lost but the habit.
  }
}

/**
 * Holds the language of a screen and tells the document. With `remember` (a name) it is kept on this
 * device; kiosks do not remember, since the next person is another one.
 */
export function Language(props: { first: Lang; remember?: string; children: ReactNode }) {
  const key = props.remember && `sangam.lang.${props.remember}`;
  const [lang, choose] = useState<Lang>(() => (key && kept(key)) || props.first);
  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);
  const spoken = useMemo<Spoken>(
    () => ({
      lang,
      setLang(next) {
        if (key) keep(key, next);
        choose(next);
      },
    }),
    [lang, key],
  );
  return <Spoken.Provider value={spoken}>{props.children}</Spoken.Provider>;
}

export function useLanguage(): Spoken {
  return useContext(Spoken);
}

/** `const say = useWords(kiosk)`: the words of a catalogue in the language of the screen. */
export function useWords<C>(catalogue: Catalogue<C>): Say<C> {
  return catalogue.in(useLanguage().lang);
}

export function useCommon(): SayCommon {
  return useWords(common);
}

/** The script of a name tells its language: Devanagari is read (and spoken) as Marathi or Hindi. */
export function langOf(name: string, lang: Lang): Lang | undefined {
  if (/[\u0900-\u097F]/.test(name)) return lang === "hi" ? "hi" : "mr";
  return /[A-Za-z]/.test(name) ? "en" : undefined;
}
