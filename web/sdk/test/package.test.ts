import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePackage } from "../package.mjs";

const run = promisify(execFile);
const web = fileURLToPath(new URL("../..", import.meta.url));

/** A project that knows nothing of this workspace but the archive; React and its types are found above it. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(web, "node_modules/.outsider-"));
  await cp(join(web, "sdk/test/outsider"), project, { recursive: true });
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  const archive = await makePackage(project);
  const installed = join(project, "node_modules/@sangam/sdk");
  await mkdir(installed, { recursive: true });
  await run("tar", ["xzf", archive, "-C", installed, "--strip-components=1"]);
}, 600_000);
afterAll(() => rm(project, { recursive: true, force: true }));

describe("the package that others install", () => {
  it("compiles strictly with types, and runs in Node as it is", async () => {
    const tsc = join(web, "node_modules/typescript/bin/tsc");
    const { stdout: faults } = await run(process.execPath, [tsc, "-p", project]).catch((failed) => failed);
    expect(faults).toBe("");
    const said = async (file: string) => (await run(process.execPath, [join(project, "out", file)])).stdout;
    expect(await said("server.js")).toBe("[ 'A1 WAITING' ]\ntrue\n");
    expect(await said("page.js")).toBe("0 true false Connecting\n");
  }, 600_000);

  it("is taken by a bundler, one client for the core and the hooks", async () => {
    const built = await build({
      root: project,
      configFile: false,
      logLevel: "error",
      build: {
        write: false,
        minify: false,
        rollupOptions: { input: join(project, "page.tsx"), external: /^react/ },
      },
    });
    const [result] = Array.isArray(built) ? built : [built];
    if (!result || !("output" in result)) throw new Error("nothing was built");
    expect(result.output[0].code.match(/function createClient\(/g)).toHaveLength(1);
  }, 120_000);

  it("holds what its manifest names and no source", async () => {
    const home = join(project, "node_modules/@sangam/sdk");
    const { exports } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports)) {
      expect(await readFile(join(home, types), "utf8")).not.toMatch(/\.tsx?"/);
      expect(await readFile(join(home, code), "utf8")).not.toMatch(/\.tsx?"|@sangam\/react/);
    }
    const files = await readdir(home, { recursive: true });
    expect(files.filter((name) => /(?<!\.d)\.tsx?$/.test(name))).toEqual([]);
  });
});
