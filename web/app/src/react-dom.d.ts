/** The build puts preact/compat in place of react-dom; this is the part of it the screens use. */
declare module "react-dom" {
  import type { ReactNode, ReactPortal } from "react";
  export function createPortal(children: ReactNode, container: Element): ReactPortal;
}
