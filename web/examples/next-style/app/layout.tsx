import type { ReactNode } from "react";
import { Providers } from "./providers.tsx";

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <title>Desk</title>
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
