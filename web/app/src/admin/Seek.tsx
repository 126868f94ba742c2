import { type FormEvent, type ReactNode, type RefObject, useState } from "react";
import { Field } from "../blocks/choices.tsx";
import { Button } from "../blocks/small.tsx";
import { useWords } from "../words/Language.tsx";
import { people } from "./peopleWords.ts";
import { lookable } from "./person.ts";

/** The field people are looked for with, by name or number; what is too short to look for is told so. */
export function Seek(props: {
  typed: string;
  onType(typed: string): void;
  onSearch(text: string): void;
  /** The panel it stands in begins here. */
  first?: boolean;
  form?: RefObject<HTMLFormElement | null>;
  children?: ReactNode;
}) {
  const { typed, onType, onSearch } = props;
  const say = useWords(people);
  const [short, setShort] = useState(false);
  function go(event: FormEvent) {
    event.preventDefault();
    setShort(!lookable(typed));
    if (lookable(typed)) onSearch(typed.trim());
  }
  return (
    <form className="seek" onSubmit={go} noValidate {...(props.form ? { ref: props.form } : {})}>
      <Field
        label={say("find")}
        labelUnseen
        {...(props.first ? { "data-first": "" } : {})}
        icon="search"
        type="search"
        autoComplete="off"
        placeholder={say("find")}
        maxLength={200}
        value={typed}
        wrong={short && say("tooShort")}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      <Button kind="main" type="submit">
        {say("search")}
      </Button>
      {props.children}
    </form>
  );
}
