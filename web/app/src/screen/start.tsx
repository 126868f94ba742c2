import { render } from "preact";
import type { ReactElement } from "react";
import { Restart } from "./Restart.tsx";
import "../look/fonts.css";
import "../look/tokens.css";
import "../look/kit.css";
import "../look/kit-desk.css";
import "./signin.css";

/** Puts a screen into its page: `#app` in <screen>.html. */
export function start(screen: ReactElement) {
  const app = document.getElementById("app");
  if (!app) throw new Error("the page has no #app");
  // The mark that stands there is taken over, or taken away.
  render(<Restart>{screen}</Restart>, app);
}
