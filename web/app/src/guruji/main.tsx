import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "../desk/desk.css";
import "./guruji.css";
import { Guruji } from "./Guruji.tsx";

start(
  <Screen name="guruji" view="guruji" entry="staff" roles={["guruji"]}>
    <Guruji />
  </Screen>,
);
