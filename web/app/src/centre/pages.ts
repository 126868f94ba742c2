import { useEffect, useState } from "react";

const OTHERS = ["announcements", "compare", "remedies"] as const;
export type Page = "sites" | (typeof OTHERS)[number];

export interface Address {
  page: Page;
  site: string;
  queue: boolean;
}

function read(): Address {
  const said = new URLSearchParams(location.hash.slice(1));
  const page = OTHERS.find((one) => said.has(one)) ?? "sites";
  return { page, site: said.get("site") ?? "", queue: said.has("queue") };
}

/** Where one is in this screen: it stands in the address, so that Back goes back and a link can be sent. */
export function useAddress(): Address {
  const [at, setAt] = useState(read);
  useEffect(() => {
    const changed = () => setAt(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return at;
}

export const goTo = (site: string, queue = false) => {
  location.hash = site ? `site=${encodeURIComponent(site)}${queue ? "&queue" : ""}` : "";
};

export const openPage = (page: Page) => {
  location.hash = page === "sites" ? "" : page;
};
