/**
 * Serves this app where there is no Next.js: pages through Vite, server actions as Next.js has them, and /api and /ws
 * handed on to the node, as `rewrites` would.
 */
import { createServer } from "node:http";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer as createVite } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const { SOCKET_SERVER_URL: node = "http://127.0.0.1:8080", PORT = "3000" } = process.env;

/** Names of the actions of each "use server" module: nothing else can be called from outside. */
const known = new Map();

/** In a browser a "use server" module is requests to this server; what runs here is never sent there. */
const serverActions = {
  name: "server-actions",
  enforce: "pre",
  transform(code, id, options) {
    if (!code.startsWith('"use server"') || options?.ssr) return null;
    const names = [...code.matchAll(/^export async function (\w+)/gm)].map(([, name]) => name);
    const path = `/${relative(here, id)}`;
    known.set(path, new Set(names));
    return [
      `const call = (name, args) => fetch("/actions${path}?" + name, { method: "POST", body: JSON.stringify(args) })`,
      `  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))));`,
      ...names.map((name) => `export const ${name} = (...args) => call("${name}", args);`),
    ].join("\n");
  },
};

const http = createServer();
const vite = await createVite({
  root: here,
  configFile: false,
  plugins: [serverActions],
  server: {
    middlewareMode: { server: http },
    hmr: false,
    proxy: { "/api": node, "/ws": { target: node, ws: true } },
  },
});

http.on("request", async (request, response) => {
  const url = new URL(request.url ?? "", "http://app");
  if (request.method !== "POST" || !url.pathname.startsWith("/actions/")) {
    vite.middlewares(request, response);
    return;
  }
  const [path, name] = [url.pathname.slice("/actions".length), url.search.slice(1)];
  if (!known.get(path)?.has(name)) {
    response.writeHead(404).end();
    return;
  }
  try {
    let text = "";
    for await (const chunk of request) text += chunk;
    const actions = await vite.ssrLoadModule(path);
    const answer = (await actions[name](...JSON.parse(text))) ?? null;
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(answer));
  } catch (error) {
    console.error(error);
    response.writeHead(500, "The action failed").end();
  }
});

http.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}`));
