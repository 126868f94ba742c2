import { start } from "../screen/start.tsx";
import { Language } from "../words/Language.tsx";
import { Demo } from "./Demo.tsx";
import "./demo.css";

start(
  <Language first="en" remember="staff">
    <Demo />
  </Language>,
);
