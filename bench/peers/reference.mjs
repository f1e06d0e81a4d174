import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { setupWSConnection } from 'y-websocket/bin/utils';
import { answerParent } from './peer.mjs';

/* The server that y-websocket 2 brought along, as its `bin/server` starts it. Without persistence, its default. */
const sockets = new WebSocketServer({ noServer: true });
sockets.on('connection', setupWSConnection);
const server = createServer();
server.on('upgrade', (request, socket, head) => {
	sockets.handleUpgrade(request, socket, head, (accepted) => sockets.emit('connection', accepted, request));
});
server.listen(0, '127.0.0.1', () => answerParent(server.address().port));
