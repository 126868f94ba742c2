import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import "./patient.css";
import { Patient } from "./Patient.tsx";

start(
  <Screen name="patient" view="patient" entry="link" firstLang="hi">
    <Patient />
  </Screen>,
);
