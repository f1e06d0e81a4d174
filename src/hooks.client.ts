import type { HandleClientError } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { t } from '#lib/text/index.ts';

/**
 * After an update of the server its old files are gone: a page that asks for one is loaded anew. Once a minute at most,
 * so that a server that is broken does not make the browser load for ever.
 */
window.addEventListener('vite:preloadError', (event) => {
	const last = Number(sessionStorage.getItem('muster.reloaded') ?? 0);
	if (Date.now() - last < 60_000) return;
	sessionStorage.setItem('muster.reloaded', String(Date.now()));
	event.preventDefault();
	location.reload();
});

export const handleError: HandleClientError = ({ error, status, message }) => {
	if (error instanceof AppError) return { message: error.message, code: error.code };
	if (status === 404) return { message };
	console.error(error);
	return { message: t('common.error.failed') };
};
