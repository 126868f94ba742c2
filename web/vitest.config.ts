import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{sdk,react,app}/test/**/*.test.{ts,tsx}"],
    environment: "node",
    restoreMocks: true,
    maxWorkers: 2,
  },
});
