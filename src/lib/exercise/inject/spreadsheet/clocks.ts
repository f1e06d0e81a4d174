/** Times of day as text: seconds since midnight (24:00 is 86,400), and the zone if one is named. */
export interface ClockTime {
	seconds: number;
	/** hours ahead of UTC, where the text names a zone; undefined: the exercise's own zone */
	zoneHours?: number;
}

/** Fixed zones that planners write after a time. Local, hours and Uhr say only what is so anyway. */
const zones = new Map(
	Object.entries<number>({
		z: 0,
		utc: 0,
		gmt: 0,
		zulu: 0,
		wet: 0,
		west: 1,
		bst: 1,
		cet: 1,
		mez: 1,
		cest: 2,
		mesz: 2,
		eet: 2,
		eest: 3
	})
);
const noise =
	/^(?:h|hrs?|hours?|uhr|heures?|horas?|ore|l|lt|j|local|local time|heure locale|ortszeit|o'clock)$/;

const words = new Map(
	Object.entries<number>({
		noon: 43_200,
		midday: 43_200,
		midi: 43_200,
		mittag: 43_200,
		mediodía: 43_200,
		mezzogiorno: 43_200,
		midnight: 0,
		minuit: 0,
		mitternacht: 0,
		medianoche: 0,
		mezzanotte: 0
	})
);

/**
 * Reads `09:30`, `9.30`, `9h30`, `9h`, `0930`, `0930Z`, `9:30 am`, `9 PM`, `12:00 a.m.`, `14:00 CEST`, `14:00 Uhr`,
 * `noon`. null: it is no time of day. A number alone is refused: `9` may be an hour, a day or a row.
 */
export function readClock(input: string): ClockTime | null {
	const text = input.trim().toLowerCase().replace(/\s+/g, ' ');
	const word = words.get(text);
	if (word !== undefined) return { seconds: word };
	const twelve = /^(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?(?:\.\d+)? ?([ap])\.? ?m\.?(?: (.+))?$/.exec(
		text
	);
	if (twelve) {
		const zone = readZone(twelve[5]);
		const hour = Number(twelve[1]);
		const evening = twelve[4] === 'p';
		// `14:30 pm` is written often and means half past two; `14:30 am` means nothing
		if (zone === null || (hour > 12 && !evening)) return null;
		const hours = hour > 12 ? hour : (hour % 12) + (evening ? 12 : 0);
		return clock(hours, Number(twelve[2] ?? 0), Number(twelve[3] ?? 0), zone);
	}
	const parts =
		/^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)? ?(.*)$/.exec(text) ??
		/^(\d{1,2}) ?h ?(\d{2})(?:[:m ](\d{2}))? ?(?:min|mn)?(.*)$/.exec(text) ??
		/^(\d{2})(\d{2})(?:(\d{2}))? ?(.*)$/.exec(text) ??
		/^(\d{1,2}) ?(?:h|uhr|heures?|o'clock)()() ?(.*)$/.exec(text);
	if (!parts) return null;
	const zone = readZone(parts[4]);
	return zone === null ? null : clock(Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 0), zone);
}

/** undefined: no zone; null: something that is no zone. */
function readZone(text: string | undefined): number | undefined | null {
	const word = (text ?? '')
		.trim()
		.replace(/^\((.*)\)$/, '$1')
		.replace(/\.$/, '');
	if (word === '' || noise.test(word)) return undefined;
	const offset = /^(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(word);
	if (offset) {
		const hours = Number(offset[2]) + Number(offset[3] ?? 0) / 60;
		return hours > 14 ? null : offset[1] === '-' ? -hours : hours;
	}
	const zone = word.split(' ').find((part) => !noise.test(part)) ?? '';
	return zones.get(zone) ?? null;
}

function clock(hours: number, minutes: number, seconds: number, zone: number | undefined): ClockTime | null {
	if (minutes > 59 || seconds > 59 || hours > 24 || (hours === 24 && (minutes > 0 || seconds > 0)))
		return null;
	const total = hours * 3600 + minutes * 60 + seconds;
	return zone === undefined ? { seconds: total } : { seconds: total, zoneHours: zone };
}
