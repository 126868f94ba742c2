import { deeds } from "../admin/deedWords.ts";
import { site as siteWords } from "../admin/siteWords.ts";
import { useActionWords } from "../blocks/actions.ts";
import { useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type Roster, SETTINGS, typedOf, WEEKDAYS } from "./asks.ts";
import { asks } from "./askWords.ts";

/** A value of a setting in words. */
export function useSettingWords(): (name: string, value: unknown) => string {
  const say = useWords(asks);
  const words = useWords(siteWords);
  return (name, value) => {
    if (typeof value === "boolean") return say(value ? "yes" : "no");
    if (!Array.isArray(value)) return typedOf(name, value);
    const days = WEEKDAYS.filter((day) => value.includes(day)).map((day) => words(`day.${day}`));
    return days.join(", ") || say("no");
  };
}

/** What a site was asked, as one says it; by the kind of thing alone where the centre is told no more. */
export function useAskedWords(roster: Roster | null): (type: string, data: unknown) => string {
  const say = useWords(asks);
  const words = useWords(siteWords);
  const tell = useWords(deeds);
  const inWords = useActionWords();
  const valueIn = useSettingWords();
  const zone = roster?.settings.find(({ name }) => name === "timezone")?.value;
  const nameIn = (list: readonly { id: string; name: string }[] | undefined, id: unknown) =>
    list?.find((one) => one.id === id)?.name ?? say("strange");
  return (type, data) => {
    const of = (data ?? {}) as Record<string, unknown>;
    const name = nameIn(roster?.gurujis, of.guruji);
    switch (data ? type : "") {
      case "day.set_intake":
        if (of.guruji) return say(of.open ? "giveOf" : "stopOf", { name });
        return say(of.open ? "give" : "stop");
      case "day.open":
        return say("openDay");
      case "day.close":
        return say("closeDay");
      case "guruji.set_availability": {
        if (of.availability === "available") return say("backOf", { name });
        if (of.availability !== "on_break") return say("offOf", { name });
        const time =
          typeof of.until === "string" ? clock(of.until, typeof zone === "string" ? zone : undefined) : "";
        return time ? say("breakUntil", { name, time }) : say("breakOf", { name });
      }
      case "guruji.set_room":
        return of.room ? say("roomOf", { name, room: String(of.room) }) : say("noRoomOf", { name });
      case "setting.update": {
        const known = SETTINGS.find((one) => one === of.name);
        const setting = known ? words(known === "closedWeekdays" ? "closedOn" : known) : String(of.name);
        return say("settingTo", { name: setting, value: valueIn(String(of.name), of.value) });
      }
      case "staff.disable":
        return say(of.disabled === false ? "staffOn" : "staffOff", { name: nameIn(roster?.staff, of.staff) });
      case "device.revoke":
        return say("deviceOut", { name: nameIn(roster?.devices, of.device) });
    }
    return type in deeds.phrases ? tell(type as "person.register") : inWords({ type, data: {} });
  };
}
