import { getContext, setContext } from 'svelte';
import { wants, type NoticeChoices } from '#lib/exercise/notice/choices.ts';
import { noticeText, severityOf, type Happening, type Severity } from '#lib/exercise/notice/notice.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';

const soundKey = 'muster:sound';
const noticesKey = 'muster:notices';

/** Tones of one notice, Hz and when, seconds: not to be taken for a telephone or an alarm of the building. */
const tones: Record<Severity, [frequency: number, at: number][]> = {
	low: [[660, 0]],
	normal: [
		[660, 0],
		[880, 0.16]
	],
	high: [
		[880, 0],
		[660, 0.16],
		[880, 0.32]
	],
	alarm: [
		[988, 0],
		[740, 0.22],
		[988, 0.44],
		[740, 0.66]
	]
};
const order: readonly Severity[] = ['low', 'normal', 'high', 'alarm'];

/**
 * How this browser tells what happens: in the page, by the browser while the page is not in view, by a sound. The person
 * has chosen which for what (account page); sound and the browser's notices are also asked for on each device.
 */
export class Notices {
	sound = $state(false);
	/** the browser keeps pages silent until somebody clicks on them */
	silenced = $state(false);
	notices = $state<'unsupported' | 'off' | 'on' | 'denied'>('off');
	#audio: AudioContext | null = null;
	#count = 0;
	readonly #exercise: () => { name: string };
	readonly #choices: () => NoticeChoices;

	constructor(exercise: () => { name: string }, choices: () => NoticeChoices) {
		this.#exercise = exercise;
		this.#choices = choices;
	}

	get choices(): NoticeChoices {
		return this.#choices();
	}

	/** Call in the browser. */
	open(): () => void {
		this.sound = localStorage.getItem(soundKey) === 'on';
		if (!('Notification' in window)) this.notices = 'unsupported';
		else if (Notification.permission === 'denied') this.notices = 'denied';
		else if (Notification.permission === 'granted' && localStorage.getItem(noticesKey) === 'on')
			this.notices = 'on';
		const wake = () => void (this.sound && this.#wake());
		if (this.sound) {
			this.silenced = true;
			void this.#wake();
		}
		window.addEventListener('pointerdown', wake);
		window.addEventListener('keydown', wake);
		return () => {
			window.removeEventListener('pointerdown', wake);
			window.removeEventListener('keydown', wake);
			void this.#audio?.close();
			this.#audio = null;
		};
	}

	setSound(on: boolean): void {
		this.sound = on;
		localStorage.setItem(soundKey, on ? 'on' : 'off');
		if (on) void this.test();
	}

	async test(): Promise<void> {
		await this.#wake();
		this.#beep('normal');
	}

	async setNotices(on: boolean): Promise<void> {
		if (this.notices === 'unsupported') return;
		if (on && (await Notification.requestPermission()) !== 'granted') {
			this.notices = Notification.permission === 'denied' ? 'denied' : 'off';
			return;
		}
		this.notices = on ? 'on' : 'off';
		localStorage.setItem(noticesKey, on ? 'on' : 'off');
	}

	/** `inPage` false: the page shows it already where it happens. */
	tell(happenings: readonly Happening[], { inPage = true }: { inPage?: boolean } = {}): void {
		const { name } = this.#exercise();
		const asked = (way: 'page' | 'browser' | 'sound') =>
			happenings.filter(({ kind }) => wants(this.choices, kind, way));
		const loudest = asked('sound')
			.map(({ kind }) => order.indexOf(severityOf(kind)))
			.reduce((most, one) => Math.max(most, one), -1);
		if (this.sound && loudest >= 0) this.#beep(order[loudest]!);
		for (const one of inPage ? asked('page') : []) {
			const { title, body } = noticeText(one, name, t);
			const presses = severityOf(one.kind) === 'high' || severityOf(one.kind) === 'alarm';
			notify(body ? `${title}: ${body}` : title, { tone: presses ? 'warn' : 'info' });
		}
		if (this.notices !== 'on' || document.visibilityState === 'visible') return;
		for (const one of asked('browser')) this.#show(noticeText(one, name, t));
	}

	#show({ title, body }: { title: string; body: string }): void {
		try {
			const notice = new Notification(title, { body, tag: `muster-${++this.#count}` });
			notice.onclick = () => {
				window.focus();
				notice.close();
			};
		} catch {
			// phones allow notices to installed apps only
			this.notices = 'unsupported';
		}
	}

	async #wake(): Promise<void> {
		this.#audio ??= new AudioContext();
		// without a click the browser leaves this waiting for ever
		if (this.#audio.state !== 'running') await Promise.race([this.#audio.resume(), wait(300)]);
		this.silenced = this.#audio.state !== 'running';
	}

	#beep(severity: Severity): void {
		const audio = this.#audio;
		if (!audio || audio.state !== 'running') {
			this.silenced = true;
			return;
		}
		for (const [frequency, at] of tones[severity]) {
			const start = audio.currentTime + at;
			const tone = audio.createOscillator();
			const volume = audio.createGain();
			tone.frequency.value = frequency;
			volume.gain.setValueAtTime(0, start);
			volume.gain.linearRampToValueAtTime(0.2, start + 0.02);
			volume.gain.linearRampToValueAtTime(0, start + 0.14);
			tone.connect(volume).connect(audio.destination);
			tone.start(start);
			tone.stop(start + 0.15);
		}
	}
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const key = Symbol('notices');
export const setNotices = (notices: Notices): Notices => setContext(key, notices);
export const getNotices = (): Notices => getContext<Notices>(key);
