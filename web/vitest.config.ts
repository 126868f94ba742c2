import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // As in the build: the hooks are written against React's API and run on preact/compat.
    alias: [
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: "preact/jsx-runtime" },
      { find: /^react(-dom)?$/, replacement: "preact/compat" },
    ],
  },
  test: {
    include: ["{sdk,react,app,examples/*}/test/**/*.test.{ts,tsx}"],
    environment: "node",
    restoreMocks: true,
    unstubEnvs: true,
    maxWorkers: 2,
    // Two cores are shared with much else; nothing here is about speed.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    server: { deps: { inline: [/^preact/, /^@sangam\//] } },
  },
});
