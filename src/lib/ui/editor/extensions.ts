import { getExtensionField, type AnyExtension, type Extensions, type Mark, type Node } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { isSafeLink } from '#lib/exercise/rich-text.ts';

/** The headings a reader can write; deeper ones of an import are shown, but not offered. */
export const headingLevels = [1, 2, 3, 4] as const;

/**
 * What the editor knows: exactly the blocks and marks of `exercise/rich-text.ts`, with only the attributes named there.
 * The kit's own attributes (a link's class, a code block's language) would let a hostile page choose class names of
 * the interface on its readers' screens (PROMISES R18).
 */
export function richTextExtensions(): Extensions {
	const kit = StarterKit.configure({
		// Collaboration undoes one's own changes only
		undoRedo: false,
		// it would write into every page that somebody opens
		trailingNode: false,
		heading: { levels: [...headingLevels] },
		link: {
			// indicators of a crisis are addresses that nobody should click: a link is made on purpose
			autolink: false,
			linkOnPaste: false,
			openOnClick: false,
			defaultProtocol: 'https',
			HTMLAttributes: { target: '_blank', rel: 'noopener noreferrer nofollow' },
			isAllowedUri: (address) => isSafeLink(address)
		}
	});
	const { name, options, storage } = kit;
	const parts = getExtensionField<() => Extensions>(kit, 'addExtensions', { name, options, storage });
	return parts().map(withKnownAttributes);
}

function withKnownAttributes(extension: AnyExtension): AnyExtension {
	switch (extension.name) {
		case 'link':
			return (extension as Mark).extend({
				addAttributes: () => ({ href: { default: null } }),
				// sections of a report are quoted from elsewhere: what follows a link is not one
				inclusive: false
			});
		case 'orderedList':
			return (extension as Node).extend({
				addAttributes: () => ({
					start: {
						default: 1,
						parseHTML: (element: HTMLElement) =>
							Number.parseInt(element.getAttribute('start') ?? '1', 10) || 1
					}
				})
			});
		case 'codeBlock':
			return (extension as Node).extend({ addAttributes: () => ({}) });
		default:
			return extension;
	}
}
