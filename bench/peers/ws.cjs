// Node's ws: its documented broadcast, a send for each open socket. Usage: ws.cjs PORT

"use strict";
const dgram = require("node:dgram");
const http = require("node:http");
const { WebSocket, WebSocketServer } = require("ws");

const port = Number(process.argv[2]);
const server = http.createServer();
const sockets = new WebSocketServer({ server });

const datagrams = dgram.createSocket("udp4");
datagrams.on("message", (data) => {
  for (const socket of sockets.clients) {
    if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary: false });
  }
});
datagrams.bind(port, "127.0.0.1", () => server.listen(port, "127.0.0.1", 4096));
