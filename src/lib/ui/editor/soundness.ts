import * as Y from 'yjs';

/*
 * Whether the editor can hold a shared text. A page made by a hostile or a newer program can hold what the editor does
 * not know: it would throw, or quietly delete it for everybody. Such a page is shown, not edited, until somebody
 * repairs it on purpose.
 */

const elements = new Set([
	'paragraph',
	'heading',
	'bulletList',
	'orderedList',
	'listItem',
	'blockquote',
	'codeBlock',
	'horizontalRule',
	'hardBreak'
]);
const marks = new Set(['bold', 'italic', 'underline', 'strike', 'code', 'link']);
/** as in `exercise/rich-text.ts` */
const maxDepth = 20;

export function isSound(fragment: Y.XmlFragment): boolean {
	return fragment.toArray().every((node) => node instanceof Y.XmlElement && isSoundNode(node, 0));
}

/** The same for what just came in. */
export function staysSound(
	fragment: Y.XmlFragment,
	events: readonly Y.YEvent<Y.AbstractType<unknown>>[]
): boolean {
	return events.every(({ target, changes }) => {
		if (target instanceof Y.XmlText) return isSoundText(target);
		return [...changes.added].every(({ content }) => {
			if (!(content instanceof Y.ContentType)) return false;
			if (target === fragment && !(content.type instanceof Y.XmlElement)) return false;
			return isSoundNode(content.type, depthOf(target, fragment));
		});
	});
}

function isSoundNode(node: unknown, depth: number): boolean {
	if (node instanceof Y.XmlText) return isSoundText(node);
	if (!(node instanceof Y.XmlElement) || depth > maxDepth || !elements.has(node.nodeName)) return false;
	return node.toArray().every((child) => isSoundNode(child, depth + 1));
}

function isSoundText(text: Y.XmlText): boolean {
	const parts = text.toDelta() as { insert?: unknown; attributes?: Record<string, unknown> }[];
	return parts.every(
		({ insert, attributes }) =>
			typeof insert === 'string' &&
			// the editor suffixes a mark that may overlap itself
			Object.keys(attributes ?? {}).every((mark) => marks.has(mark.replace(/--.*$/, '')))
	);
}

function depthOf(type: Y.AbstractType<unknown>, fragment: Y.XmlFragment): number {
	let depth = 0;
	for (let at: unknown = type; at instanceof Y.AbstractType && at !== fragment; at = at.parent) depth++;
	return depth;
}
