import { useClinicNow, usePlace } from "../screen/client.tsx";
import { useLanguage } from "../words/Language.tsx";
import { clock, dayAndDate } from "../words/times.ts";

/** 10:24 of today, with its day else. */
export function Moment({ at }: { at: string }) {
  const { lang } = useLanguage();
  const { zone } = usePlace();
  const now = useClinicNow(60_000);
  const day = dayAndDate(at, lang, zone);
  return <>{[day !== dayAndDate(now, lang, zone) && day, clock(at, zone)].filter(Boolean).join(", ")}</>;
}
