import { type ComponentProps, type ReactNode, useId } from "react";
import { LANG_NAMES, type Lang } from "../words/catalogue.ts";
import { useCommon, useLanguage } from "../words/Language.tsx";
import { Icon, type IconName } from "./Icon.tsx";

export interface Option<T extends string> {
  value: T;
  label: ReactNode;
  lang?: Lang;
}

/** One of a few. */
export function Choice<T extends string>(props: {
  label: string;
  /** Stands above it as well, where the options do not say what they are about. */
  labelSeen?: boolean;
  options: readonly Option<T>[];
  value: T;
  onChange(value: T): void;
}) {
  const choice = (
    <fieldset className="choice" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          lang={option.lang}
          {...(option.value === props.value ? { "aria-current": true } : {})}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
  if (!props.labelSeen) return choice;
  return (
    <div className="labelled">
      <span className="label" aria-hidden="true">
        {props.label}
      </span>
      {choice}
    </div>
  );
}

/** The language picker, each language in its own words. */
export function LanguageChoice({ among, short }: { among: readonly Lang[]; short?: boolean }) {
  const say = useCommon();
  const { lang, setLang } = useLanguage();
  return (
    <Choice
      label={say("language")}
      options={among.map((value) => ({
        value,
        label: short ? <Short lang={value} /> : LANG_NAMES[value],
        lang: value,
      }))}
      value={among.includes(lang) ? lang : "hi"}
      onChange={setLang}
    />
  );
}

/** The first letters, for narrow glass; a screen reader gets the whole name. */
function Short({ lang }: { lang: Lang }) {
  const letters = { en: 2, hi: 2, mr: 1 }[lang];
  const name = LANG_NAMES[lang];
  return (
    <>
      <span aria-hidden="true">{name.slice(0, letters)}</span>
      <span className="unseen">{name}</span>
    </>
  );
}

export interface FieldProps extends Omit<ComponentProps<"input">, "className" | "size"> {
  label: ReactNode;
  /** Read but not seen: where the heading above says it already. */
  labelUnseen?: boolean;
  icon?: IconName;
  note?: ReactNode;
  /** What is wrong, in words; marks the field and is read with it. */
  wrong?: ReactNode;
  also?: string;
}

/** A labelled input with what is wrong with it said beside it. */
export function Field({ label, labelUnseen, icon, note, wrong, also, ...input }: FieldProps) {
  const id = useId();
  const about = wrong || note ? `${id}-about` : undefined;
  return (
    <label className={also} htmlFor={id}>
      <span className={labelUnseen ? "unseen" : "label"}>{label}</span>
      <span className={wrong ? "field wrong" : "field"}>
        {icon && <Icon name={icon} />}
        <input
          {...input}
          id={id}
          {...(wrong ? { "aria-invalid": true } : {})}
          {...(about ? { "aria-describedby": about } : {})}
        />
      </span>
      {(wrong || note) && (
        <span
          className={wrong ? "note alarm said" : "note soft"}
          id={about}
          role={wrong ? "alert" : undefined}
        >
          {wrong || note}
        </span>
      )}
    </label>
  );
}
