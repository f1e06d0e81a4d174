import { AppError, type Refusal } from '#lib/errors.ts';
import { t } from '#lib/text/index.ts';

/** Asks one of the page's endpoints; refusals come back as `AppError`, with their sentence. */
export async function ask<T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> {
	let response: Response;
	try {
		response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			...(signal && { signal })
		});
	} catch (cause) {
		if (signal?.aborted) throw cause;
		throw new AppError('unavailable', t('import.offline'), { cause });
	}
	return (await unpack(response.status, await response.text())) as T;
}

/** Sends a file and tells how much of it has left (0 to 1); `fetch` cannot. */
export function send<T>(url: string, file: File, onprogress: (share: number) => void): Promise<T> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('POST', url);
		const form = new FormData();
		form.set('file', file);
		request.upload.onprogress = (event) =>
			onprogress(event.lengthComputable ? event.loaded / event.total : 0);
		request.upload.onload = () => onprogress(1);
		request.onerror = () => reject(new AppError('unavailable', t('import.offline')));
		request.onload = () =>
			unpack(request.status, request.responseText).then((value) => resolve(value as T), reject);
		request.send(form);
	});
}

function unpack(status: number, text: string): Promise<unknown> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		value = null;
	}
	if (status >= 200 && status < 300 && value !== null) return Promise.resolve(value);
	const refusal = value as Partial<Refusal> | null;
	return Promise.reject(
		refusal?.code && refusal.message
			? AppError.from(refusal as Refusal)
			: new AppError(
					status === 413 ? 'too-large' : 'internal',
					status === 413 ? t('import.file.tooLarge') : t('common.error.failed')
				)
	);
}
