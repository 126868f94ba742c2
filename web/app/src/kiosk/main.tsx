import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "./kiosk.css";
import "./resting.css";
import "./paper.css";
import { keepEquipment } from "./equipment.ts";
import { FIRST_LANG, Kiosk } from "./Kiosk.tsx";

// Before a code that came with it is taken out of the address.
keepEquipment(location.search);

start(
  <Screen name="kiosk" view="kiosk" entry="kiosk" firstLang={FIRST_LANG} remember={false}>
    <Kiosk />
  </Screen>,
);
