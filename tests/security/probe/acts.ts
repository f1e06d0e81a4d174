import { mintId } from '#server/mint.ts';
import type { Person } from '../../support/exercise.ts';
import { ask, speaking, type Answer, type Ask, type Sent } from './asks.ts';
import type { ProbeScene } from './scene.ts';

/** Opens the run-by-hand kit that somebody asks for. */
export const passphrase = 'a passphrase of some length';

const table = 'Title;From\nFrom a file;The port\n';
const peopleFile = 'name,email,role\nNew One,new.one@example.test,observer\n';

/** How a body is sent that is no JSON; actions of pages are forms. */
const formRoutes = /\/import\/read$|\/ready\/kit$/;
const uploadRoute = /\/files$/;

/** What every form and body may ask for, together: each takes what it knows, aimed at the Greek cell and its players. */
function fields({ ids, exercise, teams, people }: ProbeScene): Record<string, string | string[]> {
	return {
		account: people.player.id,
		again: passphrase,
		authorMayApprove: 'on',
		by: '1',
		cell: 'GR',
		check: ids.check,
		country: 'GR',
		countries: ['GR'],
		current: 'not the password',
		day: '2030-01-01',
		days: '5',
		email: 'somebody.new@example.test',
		endsAt: '2026-06-10T17:00',
		exercise: exercise.id,
		inject: [ids.greek],
		invitation: ids.invitation,
		item: ids.goItem,
		kind: 'inject',
		language: 'el',
		level: 'technical',
		mail: '',
		membership: ids.membership,
		minutes: '60',
		name: `Somebody ${mintId<string>().slice(0, 6)}`,
		next: 'a password that is long enough',
		note: 'Noted',
		owner: 'Somebody',
		passphrase,
		password: 'a password that is long enough',
		person: ids.waiting,
		quota: '5',
		reason: 'Because',
		rehearsal: ids.rehearsal,
		role: 'observer',
		script: `${exercise.id}/GR`,
		session: 'no-session-of-mine',
		startsAt: '2026-06-10T09:00',
		state: 'go',
		summary: 'In short',
		tags: 'one, two',
		target: `${exercise.id}/GR`,
		team: teams.greek.id,
		text: 'Something to say',
		timeZone: 'Europe/Athens',
		title: 'Saved',
		tlp: 'amber'
	};
}

/** Where the fields together mean something that no form says. */
const without: Record<string, string[]> = {
	// an observer has no place
	'?/addPerson': ['team', 'country', 'cell'],
	'?/invite': ['team', 'country', 'cell'],
	// times are fixed once an exercise runs
	'?/change': ['startsAt']
};

function formOf(scene: ProbeScene, { route }: Ask): FormData {
	const form = new FormData();
	const action = /\?\/\w+$/.exec(route.path)?.[0] ?? '';
	for (const [name, value] of Object.entries(fields(scene))) {
		if (without[action]?.includes(name)) continue;
		for (const one of [value].flat()) form.append(name, one);
	}
	const file = route.path.includes('people') ? [peopleFile, 'people.csv'] : [table, 'plan.csv'];
	form.set('file', new Blob([file[0]!]), file[1]);
	return form;
}

function jsonOf({ ids, exercise }: ProbeScene): object {
	return {
		exercise: exercise.id,
		key: mintId<string>(),
		// mappings, remarks, and a file on the shelf
		act: 'list',
		cell: 'GR',
		id: ids.mapping,
		file: ids.shelved,
		sheet: 0,
		fingerprint: ids.fingerprint,
		selection: {
			sheet: 0,
			headerRow: 0,
			columns: ['title', 'from'],
			dateOrder: 'dmy',
			bareTimes: null,
			matches: [],
			leaveOut: []
		},
		inject: ids.greek,
		text: 'A remark',
		mentions: [],
		resolved: true
	};
}

/** Sends what a route takes, with all that it might ask for. */
export async function act(scene: ProbeScene, one: Ask, person: Person | null): Promise<Answer> {
	return ask(scene, one, person, sentTo(scene, one), passphrase);
}

function sentTo(scene: ProbeScene, one: Ask): Sent {
	if (uploadRoute.test(one.route.path))
		return {
			headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'mine.txt' },
			body: new TextEncoder().encode('Mine\n')
		};
	if (one.route.kind === 'action' || formRoutes.test(one.route.path)) return { body: formOf(scene, one) };
	return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(jsonOf(scene)) };
}

/** Everything that the body says of ids, which may come back in a refusal. */
export const askedOf = (scene: ProbeScene): string[] => [
	...Object.values(scene.ids),
	...Object.values(fields(scene)).flat().flatMap(speaking)
];

/** Whether it was done: a form's success, or where it leads on to; not where it asks to sign in. */
export function wasDone({ route }: Ask, { status, outcome, body, headers }: Answer): boolean {
	const signsIn =
		body.includes('/sign-in?next=') || (headers.get('location') ?? '').includes('/sign-in?next=');
	if (signsIn) return false;
	if (route.kind === 'action') return outcome === 'success' || outcome === 'redirect';
	return status < 400;
}
