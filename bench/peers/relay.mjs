import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { answerParent } from './peer.mjs';

/* A bare hub: what comes in goes to everybody else at the same address, one `send` a receiver. No CRDT, no storage. */
const rooms = new Map();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer();
server.on('upgrade', (request, socket, head) => {
	sockets.handleUpgrade(request, socket, head, (accepted) => {
		const name = request.url;
		const room = rooms.get(name) ?? new Set();
		rooms.set(name, room);
		room.add(accepted);
		accepted.on('message', (data) => {
			for (const other of room) if (other !== accepted) other.send(data, { binary: true });
		});
		accepted.on('close', () => {
			room.delete(accepted);
			if (room.size === 0) rooms.delete(name);
		});
		accepted.on('error', () => accepted.terminate());
	});
});
server.listen(0, '127.0.0.1', () => answerParent(server.address().port));
