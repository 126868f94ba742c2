import { useMemo } from "react";
import { qrCode, qrPath } from "./qr.ts";

/** A text as a QR code with its quiet zone; nothing when the text is too long for one. */
export function Qr({ text }: { text: string }) {
  const code = useMemo(() => {
    try {
      return qrCode(text);
    } catch {
      return null;
    }
  }, [text]);
  if (!code) return null;
  const size = code.length + 8;
  return (
    <svg
      className="qr"
      viewBox={`-4 -4 ${size} ${size}`}
      role="img"
      aria-label="QR"
      shapeRendering="crispEdges"
    >
      <path d={qrPath(code)} />
    </svg>
  );
}
