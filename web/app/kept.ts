import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

/** The demo's own page is no screen of a site, and is not served by its node. */
const NOT_OF_A_SITE = /^demo[.-]/;

/** Tells the service worker what the build made: each page under the address it is opened by, and their files. */
export function kept(): Plugin {
  return {
    name: "sangam-kept",
    apply: "build",
    async writeBundle({ dir }) {
      if (!dir) throw new Error("the build has no folder");
      const made = async (folder: string) =>
        (await readdir(join(dir, folder))).filter((name) => !NOT_OF_A_SITE.test(name)).sort();
      const html = (await made("")).filter((name) => name.endsWith(".html"));
      const files = (await made("assets")).map((name) => `/assets/${name}`);
      const pages = html.map((name) => (name === "index.html" ? "/" : `/${name.replace(/\.html$/, "")}`));
      const version = createHash("sha256").update(files.join());
      for (const name of html) version.update(await readFile(join(dir, name)));
      const list = JSON.stringify({ version: version.digest("hex").slice(0, 16), pages, files });
      const worker = join(dir, "worker.js");
      await writeFile(worker, `const KEPT=${list};\n${await readFile(worker, "utf8")}`);
    },
  };
}
