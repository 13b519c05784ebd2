// Socket.IO with its Redis adapter: one emit to all. Usage: socketio.cjs PORT REDIS_URL

"use strict";
const dgram = require("node:dgram");
const http = require("node:http");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

const port = Number(process.argv[2]);

async function main() {
  const publishing = createClient({ url: process.argv[3] });
  const subscribed = publishing.duplicate();
  await Promise.all([publishing.connect(), subscribed.connect()]);
  const server = http.createServer();
  const io = new Server(server, {
    adapter: createAdapter(publishing, subscribed),
    transports: ["websocket"],
  });
  const datagrams = dgram.createSocket("udp4");
  datagrams.on("message", (data) => io.emit("frame", JSON.parse(data)));
  datagrams.bind(port, "127.0.0.1", () => server.listen(port, "127.0.0.1", 4096));
}

main();
