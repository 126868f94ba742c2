/**
 * Whether this browser may keep the screens and start without the box. It is not allowed where the page came by plain
 * HTTP from another machine, whatever we do.
 */
export const canStartAlone = () => "serviceWorker" in navigator;
