import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { DocumentRef } from '#lib/exercise/documents.ts';
import { t } from '#lib/text/index.ts';
import type { ReplaySource } from '#server/views/replay.ts';
import type { ReplayState } from './replay.svelte.ts';

/** What can be looked at, under headings, in the words of the pages where it is live. */
export interface SourceGroup {
	label: string;
	options: { value: string; label: string; /** with its group, for where it stands alone */ full: string }[];
}

type Named = { source: ReplaySource; ref: DocumentRef };

export function sourceGroups(replay: ReplayState): SourceGroup[] {
	const all = replay.sources.flatMap((source): Named[] => {
		const ref = replay.refOf(source);
		return ref ? [{ source, ref }] : [];
	});
	const group = (label: string, found: readonly Named[]): SourceGroup => ({
		label,
		options: found
			.map(({ source, ref }) => ({
				value: source.path,
				label: labelOf(source, ref),
				full:
					source.team === null && channelOf(ref)?.length !== 2
						? labelOf(source, ref)
						: `${label}: ${labelOf(source, ref)}`,
				// exchanges between a few, one for each country at central control, stand behind the networks
				order: orderOf(ref) + (source.channel !== null && !source.projector ? 1 : 0)
			}))
			.sort((a, b) => a.order - b.order || a.label.localeCompare(b.label, 'en', { numeric: true }))
			.map(({ value, label: name, full }) => ({ value, label: name, full }))
	});
	const board = (value: string, label: string) => ({ value, label, full: label });
	const everybody = group(
		t('replay.group.everybody'),
		all.filter(({ ref }) => isOpen(ref))
	);
	everybody.options.push(
		...(replay.showsSituation ? [board('board/situation', t('situation.title'))] : []),
		...(replay.showsDeliveries ? [board('board/deliveries', t('replay.deliveries.title'))] : [])
	);
	return [
		everybody,
		group(
			t('replay.group.control'),
			all.filter(({ ref }) => ref.kind === 'timeline' && ref.audience.to === 'control')
		),
		...replay.teams.map((team) =>
			group(
				team.name,
				all.filter(({ source }) => source.team === team.id)
			)
		),
		group(
			t('channel.nav'),
			all.filter(({ source }) => source.channel !== null)
		),
		group(
			t('replay.group.pages'),
			all.filter(({ source, ref }) => source.team === null && ref.kind !== 'timeline')
		),
		// one for each country: behind what is looked for more often
		group(
			t('replay.group.moderators'),
			all.filter(({ ref }) => channelOf(ref)?.length === 2)
		)
	].filter(({ options }) => options.length > 0);
}

const channelOf = (ref: DocumentRef) =>
	ref.kind === 'timeline' && ref.audience.to === 'channel' ? ref.audience.channel : null;
const isOpen = (ref: DocumentRef) => ['everyone', 'media'].includes(channelOf(ref) ?? '');

/** Under their heading: the timeline first, then the pages in their order. */
function orderOf(ref: DocumentRef): number {
	if (ref.kind === 'timeline') return ref.audience.to === 'evaluation' ? 9 : 0;
	if (ref.kind !== 'worksheet') return 1;
	return ref.page === 'notes' ? 1 : ref.page.startsWith('report') ? 2 : 3;
}

function labelOf({ channel }: ReplaySource, ref: DocumentRef): string {
	switch (ref.kind) {
		case 'timeline': {
			const { audience } = ref;
			if (audience.to === 'control') return t('control.timeline.label');
			if (audience.to === 'team') return t('team.timeline.title');
			if (audience.to === 'evaluation') return t('replay.source.evaluation');
			if (audience.channel === 'everyone') return t('replay.source.everyone');
			if (audience.channel === 'media') return t('media.nav');
			return channel ?? countryName(audience.channel as CountryCode);
		}
		case 'worksheet': {
			if (ref.page === 'notes') return t('team.notes.title');
			const number = ref.page.split('-').at(-1)!;
			return t(ref.page.startsWith('report') ? 'replay.source.report' : 'replay.source.notification', {
				number
			});
		}
		case 'script':
			return ref.cell === 'central'
				? t('replay.source.central')
				: t('replay.source.script', { country: countryName(ref.cell) });
		case 'scenario':
			return t('control.shell.nav.scenario');
		case 'evaluation':
			return t('replay.source.guides');
		case 'review':
			return t('control.shell.nav.review');
		case 'contribution':
			return t('aar.own.title', { country: countryName(ref.country) });
		case 'report':
			return t('aar.title');
	}
}
