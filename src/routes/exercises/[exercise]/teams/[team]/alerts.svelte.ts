import type { RoomItem } from '#lib/exercise/team/room.ts';
import { noticeOf } from './wording.ts';

const soundKey = 'muster:sound';
const noticesKey = 'muster:notices';

/** Sound and browser notices for what reaches the team. Both are asked for by a button, and remembered on this device. */
export class Alerts {
	sound = $state(false);
	/** the browser keeps pages silent until somebody clicks on them */
	silenced = $state(false);
	notices = $state<'unsupported' | 'off' | 'on' | 'denied'>('off');
	#audio: AudioContext | null = null;

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
			window.addEventListener('pointerdown', wake);
			window.addEventListener('keydown', wake);
		}
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
		this.#beep();
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

	/** Tells of new items by sound, and by a notice when the page is not in view. */
	tell(items: readonly RoomItem[], exercise: string): void {
		if (items.length === 0) return;
		if (this.sound) this.#beep();
		if (this.notices !== 'on' || document.visibilityState === 'visible') return;
		for (const item of items) {
			const { title, body } = noticeOf(item, exercise);
			try {
				const notice = new Notification(title, { body, tag: item.id });
				notice.onclick = () => {
					window.focus();
					notice.close();
				};
			} catch {
				// phones allow notices to installed apps only
				this.notices = 'unsupported';
			}
		}
	}

	async #wake(): Promise<void> {
		this.#audio ??= new AudioContext();
		// without a click the browser leaves this waiting for ever
		if (this.#audio.state !== 'running') await Promise.race([this.#audio.resume(), wait(300)]);
		this.silenced = this.#audio.state !== 'running';
	}

	/** Two short tones, rising: not to be taken for a telephone or an alarm. */
	#beep(): void {
		const audio = this.#audio;
		if (!audio || audio.state !== 'running') {
			this.silenced = true;
			return;
		}
		for (const [i, frequency] of [660, 880].entries()) {
			const start = audio.currentTime + i * 0.16;
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
