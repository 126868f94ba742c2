import type { Client } from "@sangam/sdk";
import { useEffect, useState } from "react";
import { entry } from "../words/entry.ts";
import { useWords } from "../words/Language.tsx";
import { fetchNames, type StaffName } from "./door.ts";

/** The names, asked again until the box answers: the page may have been opened before it was up. */
export function useNames(client: Client): StaffName[] | undefined {
  const [names, setNames] = useState<StaffName[]>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const ask = () =>
      fetchNames(client).then(
        (got) => gone || setNames(got),
        () => {
          if (!gone) timer = setTimeout(ask, 3000);
        },
      );
    ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [client]);
  return names;
}

const ROLES = ["coordinator", "guruji", "admin", "central_admin"] as const;

export function useRoleWord(): (role: string) => string {
  const say = useWords(entry);
  return (role) => {
    const known = ROLES.find((one) => one === role);
    return known ? say(known) : role;
  };
}

/** The letter by which a person is found: titles say nothing. */
export function initial(name: string): string {
  const said = name.replace(/^(shri|smt|mata|dr|श्री|श्रीमती|माता|डॉ)\.?\s+/i, "");
  return Array.from(said)[0]?.toUpperCase() ?? "";
}
