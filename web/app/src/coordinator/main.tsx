import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "../desk/desk.css";
import "./coordinator.css";
import { Coordinator } from "./Coordinator.tsx";

start(
  <Screen name="coordinator" view="coordinator" entry="staff" roles={["coordinator", "admin"]}>
    <Coordinator />
  </Screen>,
);
