import { expect, test } from 'vitest';
import { judge, type Content, type DocumentHistory, type History } from '../../support/checker.ts';

/** A judge that never fails anybody proves nothing: each of these histories breaks one promise. */

const content = (change: Partial<Content> = {}): Content => ({
	digest: 'same',
	marks: ['a1', 'b1'],
	entries: [{ id: 'e1', delivery: 'd1' }],
	isPending: false,
	...change
});
function documentHistory(change: Partial<DocumentHistory> = {}, cold = content()): DocumentHistory {
	return {
		name: 'page',
		team: 'greece',
		copies: [
			{ of: 'cold reload', content: cold },
			{ of: 'Anna', content: content({ digest: cold.digest }) }
		],
		log: [
			{ sequence: 1, isWhole: true },
			{ sequence: 2, isWhole: true }
		],
		sequence: 2,
		seenEntries: ['e1'],
		written: [
			{ client: 7, from: 0, to: 4 },
			{ client: 7, from: 4, to: 6 }
		],
		...change
	};
}
function history(change: Partial<History> = {}): History {
	return {
		edits: [
			{ document: 'page', mark: 'a1', saved: true, seen: true },
			{ document: 'page', mark: 'a2', saved: false, seen: false }
		],
		acts: [{ act: 'release', ok: true, facts: 1 }],
		releases: [{ inject: 'i1', dueAt: 1000, releasedAt: 1001, teams: ['greece'] }],
		deliveries: [{ id: 'd1', inject: 'i1', team: 'greece' }],
		sightings: [{ delivery: 'd1', team: 'greece', at: 1050 }],
		documents: [documentHistory()],
		audits: [{ scope: 'exercise', rows: 3, broken: null }],
		...change
	};
}
const withDocument = (change: Partial<DocumentHistory>, cold?: Content) =>
	history({ documents: [documentHistory(change, cold)] });
const edit = { document: 'page', mark: 'gone', saved: false, seen: false };

test('nothing is found in a history in which all was kept', () => {
	expect(judge(history())).toEqual([]);
});

test.each<[string, History, RegExp]>([
	['a saved edit is lost', history({ edits: [{ ...edit, saved: true }] }), /called saved, and is lost/],
	['an edit that was seen is lost', history({ edits: [{ ...edit, seen: true }] }), /seen by others/],
	[
		'an edit is applied twice',
		history({
			edits: [{ ...edit, mark: 'a1' }],
			documents: [documentHistory({}, content({ marks: ['a1', 'a1'] }))]
		}),
		/a1 was applied 2 times/
	],
	['a command that was done is lost', history({ acts: [{ act: 'x', ok: true, facts: 0 }] }), /is lost/],
	['a command is done twice', history({ acts: [{ act: 'x', ok: false, facts: 2 }] }), /happened 2 times/],
	[
		'an inject is released twice',
		history({ releases: [history().releases[0]!, history().releases[0]!] }),
		/released 2 times/
	],
	[
		'an inject is delivered twice',
		history({ deliveries: [...history().deliveries, { id: 'd2', inject: 'i1', team: 'greece' }] }),
		/delivered 2 times/
	],
	[
		'an inject is released early',
		history({ releases: [{ inject: 'i1', dueAt: 1000, releasedAt: 990, teams: ['greece'] }] }),
		/10 ms early/
	],
	[
		'an inject is seen early',
		history({ sightings: [{ delivery: 'd1', team: 'greece', at: 999 }] }),
		/before its time/
	],
	[
		'an inject is seen by the wrong team',
		history({ sightings: [{ delivery: 'd1', team: 'italy', at: 1050 }] }),
		/seen by team italy/
	],
	[
		'what was never released is seen',
		history({ sightings: [{ delivery: 'd9', team: 'greece', at: 1050 }] }),
		/never released/
	],
	['a recipient gets nothing', history({ deliveries: [], sightings: [] }), /did not reach team greece/],
	[
		'a delivery is missing on the timeline',
		withDocument({ seenEntries: [] }, content({ entries: [] })),
		/missing on the timeline/
	],
	[
		'a delivery stands twice on the timeline',
		withDocument(
			{},
			content({
				entries: [
					{ id: 'e1', delivery: 'd1' },
					{ id: 'e2', delivery: 'd1' }
				]
			})
		),
		/stands 2 times/
	],
	[
		'a copy differs',
		withDocument({
			copies: [
				{ of: 'cold reload', content: content() },
				{ of: 'Bert', content: content({ digest: 'other' }) }
			]
		}),
		/Bert differs/
	],
	[
		'a copy waits for what is missing',
		withDocument({
			copies: [
				{ of: 'cold reload', content: content() },
				{ of: 'Bert', content: content({ isPending: true }) }
			]
		}),
		/wait for others/
	],
	['an entry that was seen is lost', withDocument({ seenEntries: ['e1', 'e9'] }), /e9 was seen, and is lost/],
	[
		'the log has a hole',
		withDocument({
			log: [
				{ sequence: 1, isWhole: true },
				{ sequence: 3, isWhole: true }
			]
		}),
		/has 3 in place 2/
	],
	[
		'a row of the log is damaged',
		withDocument({
			log: [
				{ sequence: 1, isWhole: true },
				{ sequence: 2, isWhole: false }
			]
		}),
		/row 2 of the log is damaged/
	],
	['the end of the log is missing', withDocument({ sequence: 3 }), /the head says 3/],
	['a change has a gap before it', withDocument({ written: [{ client: 7, from: 3, to: 6 }] }), /a gap/],
	[
		'the audit chain is broken',
		history({ audits: [{ scope: 'exercise', rows: 3, broken: { sequence: 4, why: 'a row is missing' } }] }),
		/audit of exercise: row 4/
	]
])('it is found when %s', (_what, wrong, expected) => {
	expect(judge(wrong).join('\n')).toMatch(expected);
});
