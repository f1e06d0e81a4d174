import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { answerParent } from './peer.mjs';

/* Socket.IO as its guide has it: a room for each document, an event to everybody else in it. */
const server = createServer();
const io = new Server(server, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
	let room = null;
	socket.on('join', (name, joined) => {
		room = name;
		void socket.join(name);
		joined(true);
	});
	socket.on('u', (change) => socket.to(room).emit('u', change));
	socket.on('p', (state) => socket.to(room).emit('p', state));
});
server.listen(0, '127.0.0.1', () => answerParent(server.address().port));
