import { Editor } from '@tiptap/core';
import Collaboration from '@tiptap/extension-collaboration';
import CollaborationCaret from '@tiptap/extension-collaboration-caret';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { caretAwareness, renderCaret, renderSelection, type CaretUser } from './carets.ts';
import { richTextExtensions } from './extensions.ts';
import { mirrorOf } from './mirror.ts';

export interface EditorSettings {
	element: HTMLElement;
	fragment: Y.XmlFragment;
	awareness?: Awareness | undefined;
	user: CaretUser | undefined;
	editable: boolean;
	label: string;
	/** id of what explains the keys */
	describedBy?: string;
	placeholder?: string;
	/** called when text, selection or marks under the caret change */
	onchange: (editor: Editor) => void;
	/** Ctrl+K */
	onlink: () => void;
}

/** The editor on a shared text. This file brings Tiptap (170 kB): import it when somebody is about to read or write. */
export function createEditor(settings: EditorSettings): { editor: Editor; destroy: () => void } {
	const { element, awareness, user, editable } = settings;
	const mirror = editable ? null : mirrorOf(settings.fragment);
	const fragment = mirror?.fragment ?? settings.fragment;
	const editor = new Editor({
		element,
		editable,
		// pasted `**` and addresses stay what they are
		enablePasteRules: false,
		extensions: [
			...richTextExtensions(),
			Collaboration.configure({ fragment }),
			...(awareness
				? [
						CollaborationCaret.configure({
							provider: { awareness: caretAwareness(awareness, fragment.doc!, editable) },
							user: { name: user?.name ?? '', colour: user?.colour, color: user?.colour },
							render: renderCaret,
							selectionRender: renderSelection
						})
					]
				: [])
		],
		editorProps: {
			attributes: {
				class: 'rich-editor-text',
				role: 'textbox',
				'aria-multiline': 'true',
				'aria-label': settings.label,
				...(settings.describedBy && { 'aria-describedby': settings.describedBy }),
				...(settings.placeholder && { 'aria-placeholder': settings.placeholder }),
				...(!editable && { 'aria-readonly': 'true', tabindex: '0' })
			},
			handleKeyDown: (_view, event) => {
				if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || !editable) return false;
				event.preventDefault();
				settings.onlink();
				return true;
			}
		},
		onTransaction: ({ editor }) => settings.onchange(editor)
	});
	return {
		editor,
		destroy() {
			editor.destroy();
			mirror?.close();
		}
	};
}
