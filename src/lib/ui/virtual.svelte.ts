import {
	Virtualizer,
	elementScroll,
	measureElement,
	observeElementOffset,
	observeElementRect,
	type VirtualItem
} from '@tanstack/virtual-core';
import { untrack } from 'svelte';

interface AxisOptions {
	count: number;
	size: (index: number) => number;
	horizontal?: boolean;
	overscan?: number;
	/** what sticky headers cover at the far end of the window, in effect */
	covered?: number;
	/** always rendered: the cell that has the focus */
	keep?: number;
	key?: (index: number) => string | number;
}

/** One axis of a long list or board: which items to render, and where. Call while a component is set up. */
export function createAxis(element: () => HTMLElement | null, options: () => AxisOptions) {
	let version = $state(0);
	const resolve = () => {
		const { count, size, horizontal = false, overscan = 4, covered = 0, keep, key } = options();
		return {
			count,
			horizontal,
			overscan,
			scrollPaddingEnd: covered,
			estimateSize: size,
			getItemKey: key ?? ((index: number) => index),
			getScrollElement: element,
			scrollToFn: elementScroll,
			observeElementRect,
			observeElementOffset,
			measureElement,
			// a first window for the server, which has no layout
			initialRect: { width: 1200, height: 700 },
			onChange: () => untrack(() => version++),
			rangeExtractor: (range: { startIndex: number; endIndex: number; overscan: number; count: number }) => {
				const from = Math.max(range.startIndex - range.overscan, 0);
				const to = Math.min(range.endIndex + range.overscan, range.count - 1);
				const list: number[] = [];
				if (keep !== undefined && keep < from) list.push(keep);
				for (let index = from; index <= to; index++) list.push(index);
				if (keep !== undefined && keep > to && keep < range.count) list.push(keep);
				return list;
			}
		};
	};
	const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(untrack(resolve));
	const view = $derived.by(() => {
		void version;
		virtualizer.setOptions(resolve());
		const items: VirtualItem[] = virtualizer.getVirtualItems();
		return { items: [...items], total: virtualizer.getTotalSize() };
	});
	$effect(() => virtualizer._didMount());
	$effect(() => {
		element();
		void view;
		untrack(() => virtualizer._willUpdate());
	});
	return {
		get items(): readonly VirtualItem[] {
			return view.items;
		},
		get total(): number {
			return view.total;
		},
		get scrollOffset(): number {
			return virtualizer.scrollOffset ?? 0;
		},
		reveal: (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }),
		/** attach to an element with `data-index` whose size is its own */
		measure: (node: HTMLElement) => {
			virtualizer.measureElement(node);
		}
	};
}
