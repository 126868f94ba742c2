import type { Client } from "@sangam/sdk";
import { useEffect, useState } from "react";
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
