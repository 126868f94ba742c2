/**
 * Writes src/catalogue.gen.ts: which shape each action carries and is answered with, and which each event brings, as
 * the node's own document tells it. What a shape holds is in api.gen.ts, made from the same document.
 */
import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const contract = new URL("../../../docs/openapi.json", import.meta.url);
const target = new URL("../src/catalogue.gen.ts", import.meta.url);

/** The file's text as it should be. */
export async function catalogue() {
  const {
    "x-commands": commands,
    "x-events": events,
    components,
  } = JSON.parse(await readFile(contract, "utf8"));
  const shape = (schema) => {
    const name = schema?.$ref?.split("/").pop();
    return name && name in components.schemas ? JSON.stringify(name) : "never";
  };
  const actionLines = Object.entries(commands)
    .sort(byName)
    .map(([type, { data, answer }]) => `  "${type}": { data: ${shape(data)}; answer: ${shape(answer)} };`);
  const eventLines = (Array.isArray(events) ? events.map((type) => [type, {}]) : Object.entries(events))
    .sort(byName)
    .map(([type, { data }]) => `  "${type}": ${shape(data)};`);
  return `/** Written by gen/catalogue.mjs from docs/openapi.json. */

/** Names of the schemas an action carries and is answered with. */
export interface ActionShapes {
${actionLines.join("\n")}
}

/** Name of the schema of an event's data; never: fields of its own. */
export interface EventShapes {
${eventLines.join("\n")}
}
`;
}

const byName = ([a], [b]) => (a < b ? -1 : 1);

if (argv[1] === fileURLToPath(import.meta.url)) await writeFile(target, await catalogue());
