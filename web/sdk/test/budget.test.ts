import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { beforeEach, describe, expect, it, vi } from "vitest";

const web = fileURLToPath(new URL("../..", import.meta.url));

/** Bytes, gzipped, of what a screen gets that imports just this, with `external` counted elsewhere. */
async function cost(code: string, external: string[] = []): Promise<number> {
  const entry = "\0entry.ts";
  const built = await build({
    root: web,
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? entry : null),
        load: (id) => (id === entry ? code : null),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      rollupOptions: {
        input: "entry",
        external,
        preserveEntrySignatures: "strict",
        output: { comments: false },
      },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  if (!result || !("output" in result)) throw new Error("nothing was built");
  return result.output.reduce(
    (sum, chunk) => sum + (chunk.type === "chunk" ? gzipSync(chunk.code).length : 0),
    0,
  );
}

// As a screen is built: the test runner's own mode would bring React's checks for development.
beforeEach(() => void vi.stubEnv("NODE_ENV", "production"));

describe("what a screen pays", () => {
  it("at most 12 kB for the core", async () => {
    const bytes = await cost(`export { createClient } from "${web}sdk/src/index.ts"`);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThanOrEqual(12 * 1024);
  });

  it("at most 4 kB for the hooks", async () => {
    const bytes = await cost(`export * from "${web}react/src/index.ts"`, [
      "react",
      "react/jsx-runtime",
      "@sangam/sdk",
    ]);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThanOrEqual(4 * 1024);
  });

  it("only for the selectors it uses", async () => {
    const whole = await cost(`export * from "${web}sdk/src/index.ts"`);
    const core = await cost(`export { createClient } from "${web}sdk/src/index.ts"`);
    expect(whole - core).toBeGreaterThan(500);
  });
});
