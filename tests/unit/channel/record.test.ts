import { describe, expect, it } from 'vitest';
import { kindsOfChannelFacts, type ChannelFact } from '#lib/exercise/channel/facts.ts';
import { networkLadder, newMode } from '#lib/exercise/channel/mode.ts';
import type { Fact } from '#lib/exercise/facts.ts';
import type { AccountId, ChannelId, MessageId } from '#lib/exercise/ids.ts';
import { recordLine } from '#lib/exercise/record/line.ts';
import { groupsIn, readsAll, recordScope, type RecordScope } from '#lib/exercise/record/scope.ts';
import { factWords, type RecordContext } from '#lib/exercise/record/sentence.ts';
import { noMembers } from '#lib/exercise/channel/schema.ts';
import { formatDuration, t } from '#lib/text/index.ts';
import {
	director,
	exercise,
	french,
	frenchLead,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	idOf,
	observer,
	teams
} from '../domain/factories.ts';

const channel = idOf<ChannelId>('channel');
const message = idOf<MessageId>('message');
const named = { id: idOf<AccountId>('person'), name: 'FR CSIRT lead' };
const here = { channel, name: 'CSIRTs network' };
const spoken = {
	speaker: greek.id,
	from: { team: { name: 'GR CSIRT', country: 'GR' as const } },
	named: true
};
const step = {
	to: 'alert',
	labels: { from: 'Normal', to: 'Alert' },
	up: true,
	rhythmHours: 4,
	members: [greek.id],
	countries: ['GR' as const]
};

/** One fact of every kind, and what it says: sentence, then detail. */
const all: Record<ChannelFact['kind'], [ChannelFact, string, string?]> = {
	'channel-opened': [
		{
			kind: 'channel-opened',
			...here,
			channelKind: 'network',
			standard: 'csirts-network',
			members: { teams: [greek.id], people: [], roles: [], moderators: [] },
			mode: newMode(networkLadder)
		},
		'The channel “CSIRTs network” was opened.'
	],
	'channel-members-added': [
		{
			kind: 'channel-members-added',
			...here,
			teams: [french.id],
			people: [named],
			names: ['FR CSIRT', named.name]
		},
		'Members joined the channel “CSIRTs network”.',
		'FR CSIRT, FR CSIRT lead'
	],
	'channel-members-removed': [
		{ kind: 'channel-members-removed', ...here, teams: [french.id], people: [], names: ['FR CSIRT'] },
		'Members left the channel “CSIRTs network”.',
		'FR CSIRT'
	],
	'channel-duty-set': [
		{ kind: 'channel-duty-set', ...here, teams: [greek.id], names: ['GR CSIRT'] },
		'Teams on duty were named for “CSIRTs network”.',
		'GR CSIRT'
	],
	'channel-closed': [
		{ kind: 'channel-closed', ...here, reason: 'Done' },
		'The channel “CSIRTs network” was closed.',
		'Done'
	],
	'message-posted': [
		{
			kind: 'message-posted',
			...here,
			...spoken,
			message,
			tlp: 'amber',
			text: 'Odd logins',
			sources: [],
			quotes: [
				{ message, from: { control: true }, by: null, text: 'Who is hit?', tlp: 'green', at: 1, wallAt: 1 }
			]
		},
		'GR CSIRT wrote in “CSIRTs network”.',
		'> Who is hit?\nOdd logins'
	],
	'mode-set-up': [
		{ kind: 'mode-set-up', ...here, ladder: [...networkLadder], deciders: [named], proposerMayDecide: false },
		'The modes of “CSIRTs network” were set up.'
	],
	'mode-proposed': [
		{ kind: 'mode-proposed', ...here, ...spoken, ...step, reason: 'Three countries' },
		'GR CSIRT proposed for “CSIRTs network”: from “Normal” to “Alert”.',
		'Three countries'
	],
	'mode-decided': [
		{ kind: 'mode-decided', ...here, ...spoken, ...step, reason: 'Agreed', agreed: true },
		'GR CSIRT decided for “CSIRTs network”: from “Normal” to “Alert”.',
		'Agreed'
	]
};

const context: RecordContext = {
	say: t,
	teamName: (id) => teams.find((one) => one.id === id)!.name,
	injectOf: () => undefined,
	isWithdrawn: () => false,
	time: String,
	duration: formatDuration
};
const everything: RecordScope = { teams: null, cells: null, staff: true, channels: null };

describe('what happened in channels, in the record', () => {
	it('has an example of every kind', () => {
		expect(Object.keys(all).sort()).toEqual([...kindsOfChannelFacts].sort());
	});

	it.each(Object.values(all))('$0.kind', (fact, sentence, detail = '') => {
		expect(factWords(fact, everything, context)).toEqual({ sentence, detail });
	});

	const members = {
		...noMembers(),
		teams: [
			{ id: greek.id, from: 0, since: 10 },
			{ id: french.id, from: 3, since: 20 }
		]
	};
	const scopeOf = (actor: typeof director) =>
		recordScope(actor, teams, exercise().settings, [{ id: channel, members }]);
	const line = (actor: typeof director, sequence: number, fact: Fact = all['message-posted'][0]) => {
		const scope = scopeOf(actor);
		return (
			scope &&
			recordLine(
				{ fact, by: { account: 'a', name: 'Somebody' }, wallAt: 1, exerciseAt: 1 },
				scope,
				{ ...context, cellOf: () => undefined },
				sequence
			)
		);
	};

	it('[P2] [R17] is read by who reads the channel, from when they joined; not by who watches a team in it', () => {
		expect(line(greekLead, 11)).toMatchObject({
			team: 'GR CSIRT',
			by: 'Somebody',
			tlp: 'amber',
			group: 'exchanges'
		});
		expect(line(frenchLead, 11)).toBeNull();
		expect(line(frenchLead, 20)).toBeNull();
		expect(line(frenchLead, 21)).not.toBeNull();
		for (const actor of [greekModerator, greekEvaluator]) expect(line(actor, 30)).toBeNull();
		expect(line(observer, 30)).toBeNull();
		expect(line(director, 1)).not.toBeNull();
		expect(readsAll(scopeOf(director)!)).toBe(true);
	});

	it('exercise control speaks without a name, to players', () => {
		const fact: ChannelFact = {
			...(all['message-posted'][0] as Extract<ChannelFact, { kind: 'message-posted' }>),
			speaker: null,
			from: { control: true },
			named: false
		};
		expect(line(greekLead, 11, fact)).toMatchObject({
			team: null,
			by: null,
			sentence: 'Exercise control wrote in “CSIRTs network”.'
		});
		expect(line(director, 11, fact)?.by).toBe('Somebody');
	});

	it('shows the group of exchanges to whoever has one', () => {
		expect(groupsIn(scopeOf(greekLead)!)('exchanges')).toBe(true);
	});
});
