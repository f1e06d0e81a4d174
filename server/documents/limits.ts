/** Limits of a document socket and its room. Each stands beside the line that enforces it; docs/SPEC.md numbers them. */
export const documentLimits = {
	/** an upgrade that trickles in holds a file descriptor */
	upgradeMs: 5000,
	/** one pasted chapter is 100 KB; an update of more is no typing */
	updateBytes: 1 << 20,
	/** what a browser brings back after an hour offline, once per connection */
	answerBytes: 4 << 20,
	/** a state vector of ten thousand browser tabs; decoding one of megabytes would keep everybody waiting */
	questionBytes: 128 << 10,
	/** typing and cursor moves of the fastest person are below 10 a second */
	messagesPerSecond: 30,
	messageBurst: 120,
	/** a state with name, colour and cursor is 300 bytes */
	presenceBytes: 4096,
	/** y-websocket sends back what it hears, so a frame may name others too; a room of more browsers ticks */
	presenceEntries: 5000,
	/** several changes of presence leave together, newest state only: ten a second, whatever a browser sends */
	presenceTickMs: 100,
	/** who is connected to another node is seen after so long at the latest: their cursors are a courtesy, not the text */
	presenceElsewhereMs: 1000,
	/** a browser that has said nothing for so long is no longer here; y-protocols renews every 15 s */
	presenceExpiresMs: 30_000,
	/** a reader that lags so far behind gets no presence until it has read: changes go first */
	presenceUnreadBytes: 256 << 10,
	/** what a slow reader may leave unread before it is told to connect anew */
	unreadBytes: 4 << 20,
	/** and for how long: whoever lags longer sees a past that no longer helps */
	unreadMs: 15_000,
	/** state of one document: operators are warned, then it takes no more; browsers become slow (PERFORMANCE 8) */
	stateWarnBytes: 10 << 20,
	stateBytes: 20 << 20,
	/** changes that nobody can place, by one person in one document: the first is a fault of a line, the next no longer */
	gapsAMinute: 1,
	/** sockets of one person: three windows with the plan of thirty cells, and some with pages */
	socketsPerAccount: 150,
	/** how long a change waits for its document's row before its author is told that it could not be stored */
	heldMs: 10_000,
	/** rows of one group commit: bounds the time a writer waits for its neighbours */
	batchRows: 1000,
	/** from one group commit to the next: nobody sees ten milliseconds, and a busy server does a fifth of the commits */
	commitEveryMs: 10,
	/** other nodes hear that documents moved on at most so often */
	ringEveryMs: 25,
	/** rows read at a time when a room opens: in between, others get their turn */
	pageRows: 1000,
	/** up to here a merge takes some ten milliseconds; beyond, a thread of its own does it */
	mergeHereBytes: 128 << 10,
	mergeHereUpdates: 300,
	/** changes in a room before they are merged: then a joiner gets fewer, larger pieces */
	compactAfter: 500,
	/** a room that was quiet for so long is merged from a tenth of that on */
	quietMs: 2000,
	/** rows that a room takes in as they are when it opens; more are merged first, in the thread */
	openRows: 10_000,
	/** newest changes that are kept apart, so that a browser which was away shortly gets only these */
	keepApart: 100,
	/** of so many changes one snapshot is kept for good: a history of years is read from the nearest one, not from the start */
	keepEvery: 10_000,
	/** an unused room is let go after this */
	idleRoomMs: 60_000,
	/** rights are read again at least so often, so a lost ring costs no more (R7) */
	rightsEveryMs: 3000
} as const;

/**
 * How long what is ready waits for changes that are on their way into the log, ms: a write to one socket costs some 10 µs,
 * so with a large audience one write for several changes is worth a moment; with a small one nothing is.
 */
export const gatherMs = (readers: number) => (readers < 100 ? 0 : Math.min(8, readers * 0.005));

/** The least time from one flush to the next, ms: keeps half of a core free for everything else. */
export const pauseMs = (readers: number) => (readers < 100 ? 0 : Math.min(100, readers * 0.02));
