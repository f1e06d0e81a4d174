/*
 * What the parent needs of every peer: the port once it listens, and a swept heap before its memory is read. Peers are
 * started as they are documented, on a free port of this machine.
 */
export function answerParent(port) {
	process.on('message', (message) => {
		if (message.ask !== 'sweep') return;
		globalThis.gc?.();
		process.send({ answer: message.number, result: process.memoryUsage() });
	});
	process.on('disconnect', () => process.exit(0));
	process.send({ ready: { port, origin: `http://localhost:${port}` } });
}
