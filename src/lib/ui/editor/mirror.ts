import * as Y from 'yjs';

/** Marks what the mirror itself applied. */
const fromOriginal = Symbol('from the original');

/**
 * A copy of a document that follows it. An editor tidies what it shows, and what it writes is sent: bound to the copy,
 * a reader's editor cannot change the page, whatever is in it.
 */
export function mirrorOf(fragment: Y.XmlFragment): {
	fragment: Y.XmlFragment;
	doc: Y.Doc;
	close: () => void;
} {
	const original = fragment.doc!;
	const doc = new Y.Doc();
	Y.applyUpdate(doc, Y.encodeStateAsUpdate(original), fromOriginal);
	const follow = (update: Uint8Array) => Y.applyUpdate(doc, update, fromOriginal);
	original.on('update', follow);
	return {
		fragment: sameFragment(fragment, original, doc),
		doc,
		close() {
			original.off('update', follow);
			doc.destroy();
		}
	};
}

function sameFragment(fragment: Y.XmlFragment, original: Y.Doc, copy: Y.Doc): Y.XmlFragment {
	for (const [name, type] of original.share) if (Object.is(type, fragment)) return copy.getXmlFragment(name);
	const place = Y.createAbsolutePositionFromRelativePosition(
		Y.createRelativePositionFromTypeIndex(fragment, 0),
		copy
	);
	if (place?.type instanceof Y.XmlFragment) return place.type;
	throw new Error('the text is no longer part of its document');
}
