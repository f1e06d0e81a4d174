/** How far a file is: bytes that have left, of all. */
export interface Progress {
	sent: number;
	total: number;
}

/** Why a file did not arrive. */
export class SendProblem extends Error {
	readonly kind: 'cancelled' | 'refused' | 'line';
	/** whether the same file may be taken when it is sent again */
	readonly mayRetry: boolean;

	constructor(kind: SendProblem['kind'], message = '', mayRetry = kind === 'line') {
		super(message);
		this.kind = kind;
		this.mayRetry = mayRetry;
	}
}

/** Too many at once, or a server that stops: later it may be another story. */
const passing = [408, 429, 500, 502, 503, 504];

export interface Sending<Added> {
	/** rejects with a `SendProblem` */
	added: Promise<Added>;
	cancel: () => void;
}

/** Sends a file as it is; XMLHttpRequest, because it tells how far it is. */
export function sendFile<Added>(
	address: string,
	file: File,
	onprogress: (progress: Progress) => void
): Sending<Added> {
	const request = new XMLHttpRequest();
	const added = new Promise<Added>((resolve, reject) => {
		request.open('POST', address);
		request.responseType = 'json';
		request.setRequestHeader('content-type', 'application/octet-stream');
		request.setRequestHeader('x-file-name', encodeURIComponent(file.name));
		request.upload.onprogress = ({ loaded }) => onprogress({ sent: loaded, total: file.size });
		request.upload.onload = () => onprogress({ sent: file.size, total: file.size });
		request.onabort = () => reject(new SendProblem('cancelled'));
		// the server ends lines that are too slow: a browser that is still sending may hear of it as a line that broke
		request.onerror = () => reject(new SendProblem('line'));
		request.onload = () => {
			if (request.status === 201) return resolve(request.response as Added);
			const answer = request.response as { error?: { message?: string } } | null;
			reject(new SendProblem('refused', answer?.error?.message ?? '', passing.includes(request.status)));
		};
		// without a type of its own, which the browser would put in place of ours
		request.send(file.slice(0, file.size, 'application/octet-stream'));
	});
	return { added, cancel: () => request.abort() };
}
