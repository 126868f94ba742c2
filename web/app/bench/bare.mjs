// The yardstick: pages that do nothing but paint what a bare socket brings. No store, no framework, no checks.

import { createServer } from "node:http";
import { WebSocketServer } from "ws";

/** A page of `lines` lines, at /?PAINT. A message `N TEXT` becomes the text of line N; a key sends one. */
const pageOf = (lines) => `<!doctype html><meta charset="utf-8"><title>bare</title>
<ol>${"<li data-line></li>".repeat(lines)}</ol>
<script type="module">
const socket = new WebSocket(location.href.replace("http", "ws"));
const line = document.querySelectorAll("li");
socket.onmessage = ({ data }) => {
  const [n, ...text] = data.split(" ");
  line[n].textContent = text.join(" ");
};
addEventListener("keydown", ({ key }) => socket.send("0 " + key));
socket.onopen = () => document.body.dataset.open = "yes";
</script>`;

/** Whatever one page sends, all are told. */
export async function startBare(lines) {
  const http = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html").end(pageOf(lines));
  });
  const sockets = new WebSocketServer({ server: http });
  const tell = (text) => {
    for (const one of sockets.clients) one.send(text);
  };
  sockets.on("connection", (socket) => socket.on("message", (text) => tell(String(text))));
  await new Promise((up) => http.listen(0, "127.0.0.1", up));
  return {
    url: `http://127.0.0.1:${http.address().port}/`,
    tell,
    async stop() {
      for (const one of sockets.clients) one.terminate();
      await new Promise((down) => http.close(down));
    },
  };
}
