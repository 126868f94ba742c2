/** This app's own data: which papers are ready, by queue entry, in one JSON file that is replaced as a whole. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const file = () => process.env.PAPERS_FILE ?? "data/papers.json";
let saving: Promise<unknown> = Promise.resolve();

export async function loadPapers(): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(file(), "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** On disk when it resolves. One after the other, so that none overwrites another. */
export function savePapers(entry: string, papers: string): Promise<void> {
  const saved = saving.then(async () => {
    const all = { ...(await loadPapers()), [entry]: papers };
    await mkdir(dirname(file()), { recursive: true });
    await writeFile(`${file()}.new`, JSON.stringify(all));
    await rename(`${file()}.new`, file());
  });
  saving = saved.catch(() => {});
  return saved;
}
