import { ICONS } from "../look/icons.ts";

export type IconName = keyof typeof ICONS;

/** An icon stands beside its word and is silent; with `label` it stands alone and is named. */
export function Icon({ name, label }: { name: IconName; label?: string }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label, or hidden beside its word
    <svg
      className="icon"
      viewBox="0 0 24 24"
      data-icon={name}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
