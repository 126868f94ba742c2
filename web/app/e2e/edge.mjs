// A site alone in a process of its own, so that it can be frozen and killed while others look.

import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { binary, FLAGS, until } from "./world.mjs";

const ADMIN = { name: "Sunita", role: "admin", pin: "975318" };
const STAFF = [
  { name: "Asha", role: "coordinator", pin: "246810" },
  { name: "Meera", role: "coordinator", pin: "135791" },
  { name: "Ravi", role: "guruji", pin: "864209" },
];

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** `more`: further flags of `sangam edge`. */
export async function startEdge(more = []) {
  const home = await mkdtemp(join(tmpdir(), "sangam-edge-"));
  const data = join(home, "data");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let edge;

  async function start() {
    const said = [];
    edge = spawn(
      binary,
      ["edge", "--data", data, "--listen", `127.0.0.1:${port}`, "--admin-listen", "", ...more],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    for (const stream of [edge.stdout, edge.stderr]) stream.on("data", (text) => said.push(String(text)));
    edge.ended = new Promise((resolve) => edge.once("exit", resolve));
    await until("the site is ready", async () => {
      if (edge.exitCode !== null) throw new Error(`the site ended:\n${said.join("")}`);
      return fetch(`${url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  }

  await start();
  for (const { name, role, pin } of [ADMIN, ...STAFF]) {
    execFileSync(binary, ["staff", "add", "--data", data, "--name", name, "--role", role], {
      input: pin,
      stdio: ["pipe", "ignore", "ignore"],
    });
  }
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS.split(" ") });
  return {
    port,
    url,
    users: [...STAFF, ADMIN],
    browser,
    start,
    freeze: () => edge.kill("SIGSTOP"),
    thaw: () => edge.kill("SIGCONT"),
    async kill() {
      edge.kill("SIGKILL");
      await edge.ended;
    },
    async stop() {
      await browser.close();
      edge.kill("SIGKILL");
      await edge.ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}
