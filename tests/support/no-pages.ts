import type { Handler } from 'express';

/** Stands where the pages would be: there are none. */
export const loadPages = (): Promise<Handler> =>
	Promise.resolve((_request, response) => void response.status(404).end());
