import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Handler } from 'express';
import { AppError } from '#lib/errors.ts';

/** How long a body may take. Times in ms. */
export interface BodyTimes {
	/** from the end of the headers, for everything but uploads */
	requestMs: number;
	upload: UploadTimes;
}

export interface UploadTimes {
	/** so long a line may be as slow as it likes: it stalls, or starts slowly */
	graceMs: number;
	/** from then on, on average since the beginning */
	bytesPerSecond: number;
	/** in all, however fast */
	wholeMs: number;
}

/**
 * Ends requests whose body does not come in time. Node has one limit for all requests; 20 MB over a slow line take longer
 * than anybody may hold a connection for nothing. So what is let in as an upload, after its sender was asked who it is,
 * changes over from a limit on the time to one on the rate: who sends a byte a second is gone after the grace time.
 */
export function createRequestClock(times: BodyTimes) {
	const clocks = new WeakMap<IncomingMessage, NodeJS.Timeout>();

	const handler: Handler = (request, response, next) => {
		const timer = setTimeout(() => {
			if (!request.complete) cutOff(request, response, 408, 'This took too long to arrive.');
		}, times.requestMs);
		timer.unref();
		clocks.set(request, timer);
		// what was answered before it was read may still be coming in: its time goes on
		response.on('close', () => {
			if (request.complete || request.socket.destroyed) clearTimeout(timer);
		});
		next();
	};

	/** The request is an upload of somebody who may: other times from here on. */
	function takeUpload(request: IncomingMessage, response: ServerResponse): void {
		clearTimeout(clocks.get(request));
		const { graceMs, bytesPerSecond, wholeMs } = times.upload;
		const { socket } = request;
		const [begun, before] = [performance.now(), socket.bytesRead];
		const look = setInterval(
			() => {
				if (request.complete || socket.destroyed) return clearInterval(look);
				const ms = performance.now() - begun;
				const isSlow = ms > graceMs && (socket.bytesRead - before) * 1000 < bytesPerSecond * ms;
				if (ms <= wholeMs && !isSlow) return;
				clearInterval(look);
				// not 408: on a line that it had used before, Chromium takes that for a sign to send everything once more
				cutOff(request, response, 422, slowSentence(times.upload));
			},
			Math.min(1000, graceMs / 5)
		);
		look.unref();
	}

	return { handler, takeUpload };
}

function slowSentence({ bytesPerSecond, wholeMs }: UploadTimes): string {
	const [rate, minutes] = [Math.round(bytesPerSecond / 1000), Math.round(wholeMs / 60_000)];
	return `This line is too slow for the file: it must come at ${rate} kB a second, within ${minutes} minutes. Use another line, or make the file smaller.`;
}

/** An answer to somebody who is still sending is lost when the line ends at once. */
const lingerMs = 2000;

/**
 * As Node ends a request that takes too long: an answer where none was begun, then the connection. The response object is
 * left alone, because whoever waits for the body may still want to write to it.
 */
function cutOff(
	request: IncomingMessage,
	response: ServerResponse,
	status: 408 | 422,
	message: string
): void {
	const { socket } = request;
	if (socket.destroyed) return;
	if (response.headersSent) return void socket.destroy();
	// for the log and the figures
	response.statusCode = status;
	const body = JSON.stringify({ ok: false, error: new AppError('invalid', message).toRefusal() });
	socket.end(
		[
			`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
			'content-type: application/json',
			`content-length: ${Buffer.byteLength(body)}`,
			'connection: close',
			'',
			body
		].join('\r\n')
	);
	setTimeout(() => socket.destroy(), lingerMs).unref();
}
