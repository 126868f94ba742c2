import { ICONS } from "../look/icons.ts";

export type IconName = keyof typeof ICONS;

/** Lays the icons into the page once: they are there before the first paint and when the line is down. */
export function layIcons(into: HTMLElement) {
  if (document.getElementById("icons")) return;
  const holder = document.createElement("div");
  holder.id = "icons";
  holder.hidden = true;
  const symbols = Object.entries(ICONS).map(
    ([name, d]) => `<symbol id="${name}" viewBox="0 0 24 24">${d}</symbol>`,
  );
  holder.innerHTML = `<svg>${symbols.join("")}</svg>`;
  into.append(holder);
}

/** An icon stands beside its word and is silent; with `label` it stands alone and is named. */
export function Icon({ name, label }: { name: IconName; label?: string }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label, or hidden beside its word
    <svg className="icon" {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}>
      <use href={`#${name}`} />
    </svg>
  );
}
