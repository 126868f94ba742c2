import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { kept } from "./kept.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

// A screen is an html file in this folder; the node serves dist/<screen>.html for /<screen>.
const screens = readdirSync(here).filter((name) => name.endsWith(".html"));

/** What every screen needs goes into two files: that packs better than the dozen which they would be split into. */
const SHARED = [
  {
    name: "base",
    test: /preact|\/src\/(look\/icons|words\/(Language|catalogue|common|entry|times)|blocks\/(Icon|small|lines|choices)|screen\/(start|now|Restart|later))\./,
  },
  { name: "node", test: /\/sdk\/src\/|\/src\/(blocks\/Links|screen\/(Screen|Bank|client|status|door))\./ },
];

export default defineConfig({
  root: here,
  base: "/",
  plugins: [kept()],
  publicDir: fileURLToPath(new URL("../public", import.meta.url)),
  resolve: {
    alias: [
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: "preact/jsx-runtime" },
      { find: /^react(-dom)?$/, replacement: "preact/compat" },
    ],
  },
  build: {
    outDir: fileURLToPath(new URL("../dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // The node sends `default-src 'self'`: nothing may be inlined, neither data: fonts nor scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        ...Object.fromEntries(screens.map((name) => [name.replace(/\.html$/, ""), here + name])),
        worker: `${here}src/offline/worker.ts`,
      },
      output: {
        // A service worker rules over its own folder and what lies below, and its name never changes.
        entryFileNames: ({ name }) => (name === "worker" ? "worker.js" : "assets/[name]-[hash].js"),
        codeSplitting: { groups: SHARED },
      },
    },
  },
});
