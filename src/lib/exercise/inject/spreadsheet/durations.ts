/**
 * Lengths of time and marks relative to STARTEX, as planners write them. All results are seconds; `null` means that
 * the text is nothing of the kind.
 */

/** Unit words of durations in five languages, by their first letters; the order of the tests matters. */
function unitSeconds(word: string): number | null {
	const unit = word.toLowerCase();
	if (/^(d|days?|j|jours?|tage?n?|d[ií]as?|g|giorn[oi])$/.test(unit)) return 86_400;
	if (/^(h|hrs?|hours?|heures?|std|stunden?|horas?|or[ae])$/.test(unit)) return 3600;
	if (/^(m|mn|mins?|minutes?|minuten?|minutos?|minut[oi]|['′])$/.test(unit)) return 60;
	if (/^(s|secs?|seconds?|secondes?|sekunden?|segundos?|second[oi]|["″])$/.test(unit)) return 1;
	return null;
}

const number = (text: string) => Number(text.replace(',', '.'));

/** `90 min`, `2h`, `1h30`, `2 hours 15 minutes`, `1d 2h`, `PT2H30M`: no sign, at least one unit. */
export function readUnits(text: string): number | null {
	const iso = /^p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?$/i.exec(text);
	if (iso && iso.slice(1).some((part) => part !== undefined)) {
		const [days = 0, hours = 0, minutes = 0, seconds = 0] = iso.slice(1).map((part) => Number(part ?? 0));
		return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
	}
	// `1h30`: minutes follow without a unit
	const short = /^(\d{1,3})\s?h\s?(\d{2})$/i.exec(text);
	if (short) return Number(short[2]) < 60 ? Number(short[1]) * 3600 + Number(short[2]) * 60 : null;
	let total = 0;
	let rest = text.trim();
	if (rest === '') return null;
	while (rest !== '') {
		const part =
			/^(\d{1,7}(?:[.,]\d{1,3})?)\s?(\p{L}+|['′"″])\.?(?:\s|,|$|(?=\d))(?:and |et |und |y |e )?\s*/iu.exec(
				rest
			);
		const unit = part ? unitSeconds(part[2]!) : null;
		if (!part || unit === null) return null;
		total += number(part[1]!) * unit;
		rest = rest.slice(part[0].length);
	}
	return Math.round(total);
}

/** `00:45` (hours and minutes) or `1:30:00`; hours may pass 24. */
export function readColons(text: string): number | null {
	const match = /^(\d{1,4}):(\d{2})(?::(\d{2}))?$/.exec(text);
	if (!match || Number(match[2]) > 59 || Number(match[3] ?? 0) > 59) return null;
	return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
}

/** What a text says relative to STARTEX: so many seconds, or so many days and then a time of day or more. */
export type RelativeMark = { seconds: number } | { days: number; rest: string };

/**
 * `+2h`, `-30 min`, `+00:45`, `T+2`, `T+0:30`, `H+3`, `STARTEX + 90 min`, `2h after STARTEX`, `J+1 H+2 M-5`, `D+1`,
 * `J`; `D+1 09:30`, `Day 2 09:30` and `J2 9h30` give days and the rest. A bare `00:45` or `45` is none: it could be a
 * time of day.
 */
export function readRelative(input: string): RelativeMark | null {
	const text = input.trim().replace(/[−–—]/g, '-').replace(/\s+/g, ' ');
	const worded =
		/^(.+?) (after|past|before|après|apres|avant|nach|vor|después de|antes de|dopo|prima di) (?:the )?startex$/i.exec(
			text
		);
	if (worded) {
		const seconds = readLength(worded[1]!);
		return seconds === null
			? null
			: { seconds: /^(before|avant|vor|antes|prima)/i.test(worded[2]!) ? -seconds : seconds };
	}
	const signed = /^([+-]) ?(.+)$/.exec(text);
	if (signed) {
		const seconds = readLength(signed[2]!);
		return seconds === null ? null : { seconds: signed[1] === '-' ? -seconds : seconds };
	}
	const units = readUnits(text);
	// `9h` is nine o'clock in French, `9h30` half past nine, `0930 hrs` a time too: only other units decide here
	if (units !== null && !/^(?:\d{1,2} ?h ?(?:\d{2})?|\d{4} ?(?:h|hrs?|hours?))$/i.test(text))
		return { seconds: units };
	return readLetters(text);
}

/** A length without sign: units or colons. A bare number has no unit and is refused. */
function readLength(text: string): number | null {
	return readUnits(text) ?? readColons(text);
}

/** `J+1 H+2 M-5`, `T+2`, `D+1 09:30`, `Day 2 09:30`, `STARTEX+30 min`. */
function readLetters(text: string): RelativeMark | null {
	const counted =
		/^(?:day|jour|tag|d[ií]a|giorno|[dj]) ?#?(\d{1,2})(?:,| -|:)? (?:at |à |um |a las |alle )?(\S.*)$/i.exec(
			text
		);
	if (counted && /^\d/.test(counted[2]!))
		return { days: Math.max(Number(counted[1]) - 1, 0), rest: counted[2]! };
	let rest = text;
	let seconds = 0;
	let days = 0;
	let tokens = 0;
	let onlyDays = true;
	while (rest !== '') {
		const token =
			/^(startex|h-?hour|day|tag|jour|[djthm])(?: ?([+-]) ?(\d{1,2}:\d{2}(?::\d{2})?|\d{1,4}(?:[.,]\d{1,2})?(?: ?\p{L}+(?:\d{1,2}(?!\d))?)?))?(?=[\s,tT]|$)[\s,]*/iu.exec(
				rest
			);
		if (!token) {
			if (tokens > 0 && onlyDays && /^t?\d/i.test(rest)) return { days, rest: rest.replace(/^t/i, '') };
			return null;
		}
		const letter = token[1]!.toLowerCase();
		const isDay = /^(d|j|day|tag|jour)$/.test(letter);
		if (token[3] === undefined) {
			// `T`, `H`, `M` alone mean nothing; `J` and `STARTEX` alone mean the start
			if (!isDay && letter !== 'startex') return null;
		} else {
			const length = letterLength(letter, token[3]);
			if (length === null) return null;
			const amount = token[2] === '-' ? -length : length;
			if (isDay) days += Math.round(amount / 86_400);
			seconds += amount;
		}
		if (!isDay) onlyDays = false;
		tokens += 1;
		rest = rest.slice(token[0].length);
	}
	return tokens > 0 ? { seconds } : null;
}

/** What `+n` after a letter is worth: D and J days, T, H and STARTEX hours, M minutes, unless a unit is written. */
function letterLength(letter: string, text: string): number | null {
	const withUnit = readUnits(text) ?? readColons(text);
	const isDay = /^(d|j|day|tag|jour)$/.test(letter);
	if (withUnit !== null) return withUnit;
	if (!/^\d+(?:[.,]\d+)?$/.test(text)) return null;
	if (isDay) return Number.isInteger(number(text)) ? number(text) * 86_400 : null;
	return Math.round(number(text) * (letter === 'm' ? 60 : 3600));
}
