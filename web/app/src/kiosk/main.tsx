import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "./kiosk.css";
import "./resting.css";
import { FIRST_LANG, Kiosk } from "./Kiosk.tsx";

start(
  <Screen name="kiosk" view="kiosk" entry="kiosk" firstLang={FIRST_LANG} remember={false}>
    <Kiosk />
  </Screen>,
);
