/** Limits of a document socket. Each stands beside the line that enforces it. */
export const documentLimits = {
	/** one pasted chapter is 100 KB; an update of more is no typing */
	updateBytes: 1 << 20,
	/** what a browser brings back after an hour offline, once per connection */
	answerBytes: 4 << 20,
	/** typing and cursor moves of the fastest person are below 10 a second */
	messagesPerSecond: 30,
	messageBurst: 120,
	/** a state with name, colour and cursor is 300 bytes */
	presenceBytes: 4096,
	/** y-websocket sends back what it hears, so a frame may name others too; a room of more browsers ticks */
	presenceEntries: 5000,
	/** several changes of presence leave together */
	presenceTickMs: 100,
	/** what a slow reader may leave unread before it is told to connect anew */
	unreadBytes: 4 << 20,
	/** state of one document: beyond, browsers become slow (PERFORMANCE 8) */
	stateBytes: 20 << 20,
	/** sockets of one person: twenty windows */
	socketsPerAccount: 60,
	/** rows of one group commit: bounds the time a writer waits for its neighbours */
	batchRows: 500,
	/** an unused room is let go after this */
	idleRoomMs: 60_000,
	/** rights are read again at least so often, so a lost ring costs no more (R7) */
	rightsEveryMs: 3000
} as const;
