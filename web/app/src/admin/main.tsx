import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "../desk/desk.css";
import "./admin.css";
import "./table.css";
import { Admin } from "./Admin.tsx";

start(
  <Screen name="admin" view="admin" entry="staff" roles={["admin"]}>
    <Admin />
  </Screen>,
);
