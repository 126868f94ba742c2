// @vitest-environment happy-dom
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type * as Harness from "./harness.tsx";

const web = join(dirname(fileURLToPath(import.meta.url)), "../..");
const of = (path: string) => join(web, path);

const libraries = {
  "React 19": { version: /^19\./, alias: [] },
  "React 18": {
    version: /^18\./,
    alias: [
      { find: /^react-dom\/(.*)$/, replacement: of("examples/react-18/node_modules/react-dom/$1") },
      { find: /^react(\/jsx-runtime)?$/, replacement: of("examples/react-18/node_modules/react$1") },
    ],
  },
  Preact: {
    version: /^(17|18|19)\./, // which React it stands in for
    alias: [
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: "preact/jsx-runtime" },
      { find: /^react-dom\/client$/, replacement: "preact/compat/client" },
      { find: /^react-dom\/server$/, replacement: "preact-render-to-string" },
      { find: /^react(-dom)?$/, replacement: "preact/compat" },
    ],
  },
} as const;

// As an app is built: the test runner's own mode would bring React's checks for development.
beforeEach(() => void vi.stubEnv("NODE_ENV", "production"));

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function bundled(alias: readonly { find: RegExp; replacement: string }[]): Promise<typeof Harness> {
  const built = await build({
    root: web,
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    resolve: { alias: [...alias], conditions: ["node"] },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      ssr: of("react/test/harness.tsx"),
    },
    ssr: { noExternal: true },
  });
  const [result] = Array.isArray(built) ? built : [built];
  if (!result || !("output" in result)) throw new Error("nothing was built");
  const folder = await mkdtemp(of("node_modules/.harness-"));
  folders.push(folder);
  for (const chunk of result.output) {
    if (chunk.type === "chunk") await writeFile(join(folder, chunk.fileName.replace(/\//g, "_")), chunk.code);
  }
  const file = join(folder, result.output[0].fileName.replace(/\//g, "_"));
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof Harness;
}

describe.each(Object.entries(libraries))("under %s", (_, { alias, version }) => {
  it("the hooks render on a server without a document, and start nothing", async () => {
    const harness = await bundled(alias);
    expect(harness.library).toMatch(version);
    const { document } = globalThis;
    vi.stubGlobal("document", undefined);
    try {
      const { html, requests } = harness.onServer();
      expect(html).toContain("Connecting");
      expect(html).toContain("&quot;isLoading&quot;:true");
      expect(requests).toBe(0);
    } finally {
      vi.stubGlobal("document", document);
    }
  }, 30_000);

  it("the hooks follow the queue live, take an optimistic update, and tell fallback and offline", async () => {
    const harness = await bundled(alias);
    const root = document.createElement("div");
    document.body.append(root);
    const { node, unmount } = harness.inBrowser(root);
    const shows = (text: string) => vi.waitFor(() => expect(root.textContent).toContain(text), 10_000);
    try {
      await shows("Real-time");
      await shows("A1 waiting");
      expect(node.sockets.size).toBe(1); // StrictMode mounts twice
      node.commit([node.entry("a2")]);
      await shows("A2 waiting");
      root.querySelector("button")?.click();
      await shows("A1 on_hold");
      node.socketsAllowed = false;
      node.cutSockets();
      await shows('"isUsingFallback":true');
      node.down();
      await shows("Offline");
    } finally {
      unmount();
      root.remove();
    }
    await vi.waitFor(() => expect(node.sockets.size).toBe(0));
  }, 40_000);
});
