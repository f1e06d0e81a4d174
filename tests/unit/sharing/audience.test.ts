import { describe, expect, it } from 'vitest';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { ChannelMembers } from '#lib/exercise/channel/schema.ts';
import type { Actor, Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, OrganisationId, SharedReportId } from '#lib/exercise/ids.ts';
import { shareReport, type ReportCommandState } from '#lib/exercise/report/commands.ts';
import { emptyRichText } from '#lib/exercise/rich-text.ts';
import {
	addresseeOf,
	reachedTeams,
	reachOfAudience,
	speaksIn,
	teamsKnownTo,
	type AddressedChannel,
	type Audience
} from '#lib/exercise/sharing/audience.ts';
import { audiencesOf } from '#lib/exercise/timeline.ts';
import {
	answerOf,
	exercise,
	factOf,
	french,
	frenchLead,
	greek,
	greekLead,
	greekPlayer,
	greekPort,
	idOf,
	moment,
	observer,
	person,
	sentenceOf,
	startex,
	team
} from '../domain/factories.ts';

const italian = team('IT CSIRT', 'IT');
const all = [greek, greekPort, french, italian];
const members = (teams: readonly Team[], more: Partial<ChannelMembers> = {}): ChannelMembers => ({
	teams: teams.map(({ id }) => ({ id, from: 0, since: 0 })),
	people: [],
	roles: [],
	...more
});
const channelOf = (
	name: string,
	of: ChannelMembers,
	values: Partial<AddressedChannel> = {}
): AddressedChannel => ({
	id: idOf<ChannelId>(name),
	kind: 'network',
	name,
	members: of,
	isClosed: false,
	teams: of.teams.map(({ id }) => addresseeOf(all.find((one) => one.id === id)!)),
	...values
});
const portLead = person('GR Port lead', { role: 'player', teamId: greekPort.id });
const italians = [1, 2].map((n) => person(`IT analyst ${n}`, { role: 'player', teamId: italian.id }));
const both = person(
	'FR and IT',
	{ role: 'player', teamId: french.id },
	{ role: 'player', teamId: italian.id }
);
const controller = person('Controller', { role: 'controller' });
const everybody: Actor[] = [
	greekLead,
	greekPlayer,
	frenchLead,
	portLead,
	...italians,
	both,
	observer,
	controller
];
const audience = (
	teams: readonly Team[],
	channels: readonly AddressedChannel[] = [],
	people: readonly Actor[] = everybody
): Audience => ({
	teams: teams.map(addresseeOf),
	channels,
	people,
	all: new Map(all.map((one) => [one.id, one]))
});
const from = addresseeOf(greek);

describe('whom a team may know of, and speak with', () => {
	it('[P2] the teams of its country, and those in a channel with it; no list tells of others', () => {
		const names = (of: Team, channels: Parameters<typeof teamsKnownTo>[2]) =>
			teamsKnownTo(of, all, channels).map(({ name }) => name);
		expect(names(greek, [])).toEqual(['GR Port']);
		const network = { members: members([greek, french]), isClosed: false };
		expect(names(greek, [network])).toEqual(['GR Port', 'FR CSIRT']);
		expect(names(greek, [{ ...network, isClosed: true }])).toEqual(['GR Port']);
		// a channel that it is not in tells it nothing
		expect(names(greek, [{ members: members([french, italian]), isClosed: false }])).toEqual(['GR Port']);
	});

	it('speaks in a channel as its team, or by name', () => {
		expect(speaksIn(members([greek]), greekLead, greek.id)).toBe(true);
		expect(speaksIn(members([french]), greekLead, greek.id)).toBe(false);
		const named = { people: [{ id: greekLead.accountId, from: 0, since: 0 }] };
		expect(speaksIn(members([], named), greekLead, greek.id)).toBe(true);
		expect(speaksIn(members([], named), greekPlayer, greek.id)).toBe(false);
	});
});

describe('how far something goes', () => {
	it('each team and person once, without the own team and without those who run the exercise', () => {
		const to = audience([french, italian], [channelOf('CSIRTs network', members([greek, french, italian]))]);
		expect(reachedTeams(to, greek.id).map(({ name }) => name)).toEqual(['FR CSIRT', 'IT CSIRT']);
		expect(reachOfAudience({ tlp: 'amber', from }, to)).toMatchObject({ people: 4, countries: ['FR', 'IT'] });
		expect(reachOfAudience({ tlp: 'amber', from }, audience([greekPort]))).toMatchObject({
			people: 1,
			countries: ['GR']
		});
	});

	it('counts whoever reads a channel by role, and not its staff', () => {
		const open = channelOf('Open', members([greek, french], { roles: ['observer', 'controller'] }));
		expect(reachOfAudience({ tlp: 'green', from }, audience([], [open])).people).toBe(3);
	});
});

describe('[P8] whom a label keeps out', () => {
	const names = (tlp: Tlp, to: Audience) =>
		reachOfAudience({ tlp, from }, to).keptOut.map(({ name }) => name);

	it('nobody up to AMBER: the originator addresses whom it wants', () => {
		for (const tlp of ['clear', 'green', 'amber'] as const)
			expect(names(tlp, audience([french]))).toEqual([]);
	});

	it('AMBER+STRICT: everybody outside the organisation', () => {
		const organisation = idOf<OrganisationId>('authority');
		expect(names('amber_strict', audience([french, greekPort]))).toEqual(['FR CSIRT', 'GR Port']);
		const sister = { ...greekPort, organisationId: organisation };
		const own = addresseeOf({ ...greek, organisationId: organisation });
		const to: Audience = {
			...audience([]),
			teams: [sister, french].map(addresseeOf),
			all: new Map([sister, french].map((one) => [one.id, one]))
		};
		expect(reachOfAudience({ tlp: 'amber_strict', from: own }, to).keptOut).toEqual([{ name: 'FR CSIRT' }]);
	});

	it('somebody who reads a channel without a team, when the label is for teams', () => {
		const open = channelOf('Open', members([greek, french], { roles: ['observer'] }));
		expect(names('green', audience([], [open]))).toEqual([]);
		// as a group: the sender does not learn who observes
		expect(names('amber', audience([], [open]))).toEqual(['the observers']);
	});

	it('RED: every team, but not people who are named in a private exchange', () => {
		expect(names('red', audience([french]))).toEqual(['FR CSIRT']);
		const named = { people: [greekLead, frenchLead].map(({ accountId: id }) => ({ id, from: 0, since: 0 })) };
		const exchange = channelOf('Two', members([], named), { kind: 'private' });
		expect(names('red', audience([], [exchange], [greekLead, frenchLead]))).toEqual([]);
	});
});

describe('sharing a report', () => {
	const network = channelOf('CSIRTs network', members([greek, french, italian]));
	const frozen: NonNullable<ReportCommandState['frozen']> = {
		number: 1,
		title: 'Noon',
		tlp: 'amber',
		asOf: startex,
		text: emptyRichText(),
		content: null,
		approvedAt: startex,
		approvedBy: 'GR CSIRT lead'
	};
	const signed = { page: 'report-1', number: 1, approved: { at: startex, supersedes: null } };
	const state = (values: Partial<ReportCommandState> = {}): ReportCommandState => ({
		exercise: exercise('running'),
		team: greek,
		reports: [signed],
		frozen,
		audience: audience([greekPort], [network]),
		...values
	});
	const share = (of: ReportCommandState, actor: Actor = greekLead) =>
		shareReport.decide(
			of,
			{
				team: greek.id,
				page: 'report-1',
				teams: [greekPort.id],
				channels: [network.id]
			},
			actor,
			moment(of.exercise)
		);

	it('[R1] goes to each place under an id of its own, with how far it went', () => {
		const fact = factOf(share(state()), 'report-shared');
		expect(fact).toMatchObject({
			number: 1,
			tlp: 'amber',
			copies: [{ team: greekPort.id }],
			channels: [{ channel: network.id, name: 'CSIRTs network' }],
			people: 5,
			countries: ['FR', 'GR', 'IT']
		});
		const ids = [...fact.copies, ...fact.channels].map(({ shared }) => shared);
		expect(new Set<SharedReportId>(ids).size).toBe(2);
	});

	it('[P2] a recipient reads the report, and of no other recipient', () => {
		const fact = factOf(share(state()), 'report-shared');
		const projected = audiencesOf(
			{ fact, by: { account: 'a', name: 'GR CSIRT lead' }, wallAt: 0, exerciseAt: startex },
			{ team: (id) => all.find((one) => one.id === id)!, referenceOf: () => '', actOf: () => 1 }
		);
		const to = (wanted: (one: (typeof projected)[number]) => boolean) =>
			JSON.stringify(projected.filter(wanted).map(({ body }) => body));
		const port = to(({ audience: one }) => one.to === 'team' && one.team === greekPort.id);
		const channel = to(({ audience: one }) => one.to === 'channel' && one.channel === network.id);
		expect(port).toContain('shared-report');
		for (const secret of ['CSIRTs network', fact.channels[0]!.shared, network.id, greek.id, 'report-1'])
			expect(port).not.toContain(secret);
		for (const secret of ['GR Port', fact.copies[0]!.shared, greek.id, 'report-1'])
			expect(channel).not.toContain(secret);
	});

	it('is refused in one sentence that names who is kept out, and then goes to nobody', () => {
		const strict = share(state({ frozen: { ...frozen, tlp: 'amber_strict' } }));
		expect(answerOf(strict)).toBe('invalid');
		expect(sentenceOf(strict)).toMatch(
			/TLP:AMBER\+STRICT stays inside your own organisation: GR Port, FR CSIRT, IT CSIRT/
		);
	});

	it('needs an approved report that nothing has replaced, an open channel, and the lead', () => {
		expect(answerOf(share(state(), greekPlayer))).toBe('forbidden');
		expect(answerOf(share(state(), frenchLead))).toBe('not-found');
		expect(answerOf(share(state({ frozen: null })))).toBe('not-now');
		expect(
			answerOf(
				share(
					state({
						reports: [signed, { page: 'report-2', number: 2, approved: { at: startex, supersedes: 1 } }]
					})
				)
			)
		).toBe('not-now');
		expect(
			answerOf(share(state({ audience: audience([greekPort], [{ ...network, isClosed: true }]) })))
		).toBe('not-now');
		expect(answerOf(share(state({ sharedWith: new Set([greekPort.id as string]) })))).toBe('stale');
	});

	it('[P2] a team that it may not know of is one that does not exist', () => {
		// the server found only what the team may know
		expect(answerOf(share(state({ audience: audience([], [network]) })))).toBe('not-found');
		expect(answerOf(share(state({ audience: audience([greekPort]) })))).toBe('not-found');
	});
});
