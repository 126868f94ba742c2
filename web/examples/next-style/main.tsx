import { createRoot } from "react-dom/client";
import { Providers } from "./app/providers.tsx";
import QueuePage from "./app/queue/page.tsx";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <Providers>
      <QueuePage />
    </Providers>,
  );
}
