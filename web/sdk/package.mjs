/**
 * Makes the package that is installed elsewhere: JavaScript and types of the SDK with the hooks inside, as an npm
 * archive. The workspace itself runs from the sources.
 *
 *     node web/sdk/package.mjs FOLDER
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** Where the compiler puts a folder, and where it is in the package. */
const parts = { "sdk/src": "dist", "react/src": "dist/react" };

const entries = {
  ".": "index",
  "./react": "react/index",
  "./server": "server",
  "./testing": "testing",
  "./legacy": "legacy",
};

/** Returns the path of the archive. */
export async function makePackage(into) {
  const staged = await mkdtemp(join(tmpdir(), "sangam-sdk-"));
  try {
    const out = join(staged, "out");
    await run(process.execPath, [tsc, "-p", join(here, "tsconfig.package.json"), "--outDir", out]);
    for (const [from, to] of Object.entries(parts))
      await cp(join(out, from), join(staged, to), { recursive: true });
    await rm(out, { recursive: true });
    await nameTypes(join(staged, "dist"));
    await cp(join(here, "README.md"), join(staged, "README.md"));
    await cp(join(here, "../../LICENSE"), join(staged, "LICENSE"));
    await writeFile(join(staged, "package.json"), JSON.stringify(await manifest(), null, 2));
    await mkdir(into, { recursive: true });
    const { stdout } = await run("npm", ["pack", staged, "--json", "--pack-destination", into]);
    return join(into, JSON.parse(stdout)[0].filename);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

/** The compiler leaves `./x.ts` in declarations, which compilers before 5.0 do not take. */
async function nameTypes(folder) {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const text = await readFile(join(folder, file), "utf8");
    await writeFile(join(folder, file), text.replace(/(from |import\()"(\.[^"]*)\.tsx?"/g, '$1"$2.js"'));
  }
}

async function manifest() {
  const read = async (path) => JSON.parse(await readFile(join(here, path), "utf8"));
  const { name, version, type, license, sideEffects, engines } = await read("package.json");
  const { peerDependencies } = await read("../react/package.json");
  return {
    name,
    version,
    description: "The client of a Sangam node: live queue, offline actions, React hooks.",
    type,
    license,
    sideEffects,
    engines,
    files: ["dist"],
    exports: Object.fromEntries(
      Object.entries(entries).map(([path, file]) => [
        path,
        { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` },
      ]),
    ),
    peerDependencies,
    peerDependenciesMeta: { react: { optional: true } },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , into] = process.argv;
  if (!into) {
    console.error("say where to: node web/sdk/package.mjs FOLDER");
    process.exit(2);
  }
  console.log(await makePackage(resolve(into)));
}
