import { getContext, setContext } from 'svelte';
import type { Outbox } from '#lib/live/outbox.svelte.ts';

/* Opened once for all pages of an exercise, so that what is kept goes out also when its writer looks at another page. */
const key = Symbol('outbox');
export const setOutbox = (outbox: Outbox): Outbox => setContext(key, outbox);
export const getOutbox = (): Outbox => getContext<Outbox>(key);
