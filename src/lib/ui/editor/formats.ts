import type { Editor } from '@tiptap/core';

/** What the toolbar shows: the formats at the caret, and whether anything is there to undo. */
export interface Formats {
	bold: boolean;
	italic: boolean;
	underline: boolean;
	strike: boolean;
	heading: number | null;
	bulletList: boolean;
	orderedList: boolean;
	blockquote: boolean;
	/** the address, when the caret is in a link */
	link: string | null;
	canUndo: boolean;
	canRedo: boolean;
	isEmpty: boolean;
}

export function formatsOf(editor: Editor): Formats {
	const heading = editor.isActive('heading') ? Number(editor.getAttributes('heading')['level']) : null;
	return {
		bold: editor.isActive('bold'),
		italic: editor.isActive('italic'),
		underline: editor.isActive('underline'),
		strike: editor.isActive('strike'),
		heading,
		bulletList: editor.isActive('bulletList'),
		orderedList: editor.isActive('orderedList'),
		blockquote: editor.isActive('blockquote'),
		link: editor.isActive('link') ? String(editor.getAttributes('link')['href'] ?? '') : null,
		canUndo: editor.can().undo(),
		canRedo: editor.can().redo(),
		isEmpty: editor.isEmpty
	};
}
