import type { Shape } from "@sangam/sdk";
import { useEffect, useState } from "react";
import { inFives } from "../desk/phone.ts";
import { useClient } from "../screen/client.tsx";
import { failureOf } from "../screen/door.ts";

export type Person = Shape<"PersonRow">;

interface Found {
  people: readonly Person[];
  more: boolean;
  unheard: boolean;
}

const NOBODY: Found = { people: [], more: false, unheard: false };
/** A pause in typing. */
const PAUSE_MS = 250;
/** The box looks for one at a time. */
const BUSY_MS = 1000;

/** Whom the site knows from all its days by what was typed, asked for after a pause in typing. */
export function useFound(asked: string): Found {
  const client = useClient();
  const [found, setFound] = useState(NOBODY);
  useEffect(() => {
    if (!asked) return setFound(NOBODY);
    let wanted = true;
    let timer = setTimeout(look, PAUSE_MS);
    function look() {
      client.request<Shape<"People">>("GET", `/api/v1/people?q=${encodeURIComponent(asked)}`).then(
        ({ people, more }) => wanted && setFound({ people, more: Boolean(more), unheard: false }),
        (error) => {
          if (!wanted) return;
          const { code } = failureOf(error);
          setFound({ ...NOBODY, unheard: code === "no_answer" });
          if (code === "unavailable") timer = setTimeout(look, BUSY_MS);
        },
      );
    }
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, asked]);
  return found;
}

/** By what one tells them apart: 98220 12345 · Nashik · 1961. */
export const aboutOf = ({ phone, place, birthYear }: Person): string =>
  [phone && inFives(phone), place, birthYear].filter(Boolean).join(" · ");
