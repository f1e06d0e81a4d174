/** Sends a file as it is; XMLHttpRequest, because it tells how far it is. */
export function sendFile<Added>(
	address: string,
	file: File,
	onprogress: (share: number) => void
): Promise<Added> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('POST', address);
		request.responseType = 'json';
		request.setRequestHeader('content-type', 'application/octet-stream');
		request.setRequestHeader('x-file-name', encodeURIComponent(file.name));
		request.upload.onprogress = ({ loaded, total }) => onprogress(total > 0 ? loaded / total : 0);
		request.onerror = () => reject(new Error(''));
		request.onload = () => {
			if (request.status === 201) return resolve(request.response as Added);
			const answer = request.response as { error?: { message?: string } } | null;
			reject(new Error(answer?.error?.message ?? ''));
		};
		// without a type of its own, which the browser would put in place of ours
		request.send(file.slice(0, file.size, 'application/octet-stream'));
	});
}
