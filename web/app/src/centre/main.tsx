import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "../desk/desk.css";
import "./centre.css";
import { Centre } from "./Centre.tsx";

start(
  <Screen name="centre" view="centre" entry="staff" roles={["central_admin"]}>
    <Centre />
  </Screen>,
);
