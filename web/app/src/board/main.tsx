import { Screen } from "../screen/Screen.tsx";
import { start } from "../screen/start.tsx";
import { LANGS } from "../words/catalogue.ts";
import "./board.css";
import { Board } from "./Board.tsx";

// The hall's first language; whoever hangs the board up may say another: /board?lang=en.
const asked = new URLSearchParams(location.search).get("lang");
const first = LANGS.find((lang) => lang === asked) ?? "hi";

start(
  <Screen name="board" view="board" entry="board" firstLang={first} remember={false}>
    <Board />
  </Screen>,
);
