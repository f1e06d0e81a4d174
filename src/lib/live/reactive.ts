import { createSubscriber } from 'svelte/reactivity';
import type * as Y from 'yjs';

/**
 * Makes a shared type readable in templates: `const view = observed(map)`, then `view.track()` in a `$derived` before
 * reading the type. Nested changes count.
 */
export function observed<T extends Y.AbstractType<never> | Y.Map<never> | Y.Array<never> | Y.XmlFragment>(
	type: T
): { type: T; track: () => T } {
	const subscribe = createSubscriber((update) => {
		const observer = () => update();
		(type as Y.AbstractType<unknown>).observeDeep(observer);
		return () => (type as Y.AbstractType<unknown>).unobserveDeep(observer);
	});
	return {
		type,
		track: () => {
			subscribe();
			return type;
		}
	};
}
