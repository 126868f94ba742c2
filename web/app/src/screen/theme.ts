const KEY = "sangam.dark";

/** Staff may have their screens in the board's colours, for a room at night. Kept on the device. */
export function isDark(): boolean {
  return document.documentElement.dataset.theme === "dark";
}

/** Draws this screen dark or light from now on, and each other staff screen of the device when it is opened next. */
export function switchDark(on: boolean) {
  show(on);
  try {
    if (on) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Until the page is loaded anew: this browser keeps nothing.
  }
}

/** As it was chosen on this device. */
export function keepTheme() {
  try {
    if (localStorage.getItem(KEY) !== null) show(true);
  } catch {
    // Light, then.
  }
}

function show(dark: boolean) {
  if (dark) document.documentElement.dataset.theme = "dark";
  else delete document.documentElement.dataset.theme;
}
