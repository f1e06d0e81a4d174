import type { RichText } from '#lib/exercise/rich-text.ts';
import type { Bar, DeliveryState, Person, SaveState, TimesGroup } from '#lib/ui/types.ts';

export const states: DeliveryState[] = [
	'queued',
	'delivered',
	'seen',
	'acknowledged',
	'responded',
	'overdue',
	'recalled',
	'failed'
];
export const saveStates: SaveState[] = ['saved', 'saving', 'unsaved', 'refused', 'read-only'];

export const people: Person[] = [
	'Team lead',
	'Analyst 2',
	'Press desk',
	'Legal',
	'Night shift',
	'Liaison'
].map((name, index) => ({ id: `person-${index}`, name, away: index === 3 }));

export const bars: Bar[] = [12, 4, 7, 20, 3, 1, 9, 6, 14, 2, 4, 8].map((value, index) => ({
	label: `11:${String(index * 5).padStart(2, '0')}`,
	value,
	...(index === 3 && { tone: 'overdue' as const })
}));

export const groups: TimesGroup[] = [
	'Odd logins at maritime supplier',
	'Gate cameras offline',
	'Backup fails'
].map((label, row) => ({
	label,
	due: 600_000,
	values: Array.from({ length: 13 }, (_, index) => ((index * 37 + row * 13) % 17) * 45_000 + 30_000)
}));

export const report: RichText = {
	type: 'doc',
	content: [
		{ type: 'heading', attrs: { level: 1 }, content: [{ type: 'text', text: 'Summary' }] },
		{
			type: 'paragraph',
			content: [
				{ type: 'text', text: 'Since 10:36 the gate system is ' },
				{ type: 'text', text: 'out of service', marks: [{ type: 'bold' }] },
				{ type: 'text', text: '; see the ' },
				{
					type: 'text',
					text: 'notice',
					marks: [{ type: 'link', attrs: { href: 'https://example.org/notice' } }]
				},
				{ type: 'text', text: ' and ' },
				{
					type: 'text',
					text: 'an unsafe link',
					marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }]
				},
				{ type: 'text', text: '.' }
			]
		},
		{
			type: 'bulletList',
			content: ['Terminal network isolated', 'Logs preserved'].map((text) => ({
				type: 'listItem' as const,
				content: [{ type: 'paragraph' as const, content: [{ type: 'text' as const, text }] }]
			}))
		},
		{ type: 'codeBlock', content: [{ type: 'text', text: 'update-server.example 443' }] }
	]
};
