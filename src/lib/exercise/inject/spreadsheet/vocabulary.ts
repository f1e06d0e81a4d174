import { parseTlp, type Tlp } from '#lib/standards/tlp.ts';
import {
	injectCategories,
	injectChannels,
	injectLevels,
	type InjectCategory,
	type InjectChannel,
	type InjectLevel
} from '../schema.ts';
import { foldWord, type Cell } from './table.ts';

/**
 * What planners write for the closed lists of an inject, beside Muster's own words. A word counts when the cell is it
 * or contains it as a whole word; longer words are tried first. English, French, German, Spanish, Italian.
 */
const channelWords: Record<InjectChannel, string> = {
	workspace:
		'workspace|platform|plateforme|plattform|plataforma|piattaforma|exercise tool|muster|system|in platform',
	email: 'email|e mail|mail|courriel|correo|correo electronico|mel|posta elettronica|e post',
	phone:
		'phone|phone call|telephone|telephone call|call|tel|telefon|anruf|telefono|llamada|chiamata|appel|appel telephonique|voice|fax',
	sms: 'sms|text message|texto|text',
	chat: 'chat|instant message|im|mattermost|teams message|signal|whatsapp|slack|messagerie|messenger',
	video:
		'video|video call|videoconference|vtc|visio|visioconference|videokonferenz|videoconferencia|videoconferenza|conference call|teams call|webex',
	portal_ticket: 'portal ticket|ticket|portal|notification|incident report|helpdesk|service desk|report form',
	siem_alert:
		'siem alert|siem|alert|ids|edr|soc alert|alerte|alarm|alerta|allarme|log|logs|technical alert|ioc',
	news_article:
		'news article|news|article|press|press article|newspaper|presse|zeitung|prensa|stampa|media|media article|online media|web|website|press release',
	social_post:
		'social post|social media|social|twitter|tweet|x post|facebook|linkedin|reseaux sociaux|reseau social|soziale medien|redes sociales|social network|post',
	tv_clip:
		'tv clip|tv|television|broadcast|video clip|newscast|fernsehen|televisione|radio|journal televise|video news',
	letter: 'letter|courrier|lettre|brief|carta|lettera|document|memo|paper|hard copy|hardcopy|handout',
	in_person:
		'in person|verbal|face to face|actor|role player|briefing|oral|en personne|personlich|presencial|di persona|physical|walk in|visit'
};
const categoryWords: Record<InjectCategory, string> = {
	contextual:
		'contextual|contextual inject|inject|scenario inject|key event|main event|scenario|information|event|scenario event|context|contexte|stimulus|stimuli|evenement|ereignis|evento|einlage|narrative',
	contingency:
		'contingency|contingency inject|reserve|optional|contingent|back up|backup|contingence|reserva|riserva|eventual',
	expected_action:
		'expected action|expected player action|expected participant action|player action|action|expected response|action attendue|erwartete massnahme|accion esperada|azione attesa|epa',
	administrative:
		'administrative|admin|administration|exercise control|excon|control|exercise admin|startex|endex|administratif|administrativ|administrativo|amministrativo|logistics|logistique|pausex',
	other: 'other|others|autre|andere|sonstige|sonstiges|otro|otra|altro|misc|miscellaneous'
};
const levelWords: Record<InjectLevel, string> = {
	technical: 'technical|tech|technique|technisch|tecnico|tecnica|tactical|tactique',
	operational: 'operational|ops|operationnel|operativ|operationell|operativo|operacional|operativa|operation',
	political:
		'political|strategic|strategy|executive|politique|strategique|politisch|strategisch|politico|politica|estrategico|strategico',
	media: 'media|press|public|communication|communications|medias|presse|medien|medios|stampa|comms'
};

function table<T extends string>(known: readonly T[], words: Record<T, string>): Map<string, T> {
	const map = new Map<string, T>();
	for (const value of known)
		for (const word of words[value].split('|')) if (!map.has(word)) map.set(word, value);
	// Muster's own words last, so that they always win
	for (const value of known) map.set(foldWord(value), value);
	return map;
}
const channels = table(injectChannels, channelWords);
const categories = table(injectCategories, categoryWords);
const levels = table(injectLevels, levelWords);

function lookUp<T>(words: Map<string, T>, text: string): T | null {
	const folded = foldWord(text);
	const exact = words.get(folded);
	if (exact !== undefined) return exact;
	// the longest known word inside: `Send a mail`, `E-mail to CSIRT`, `Key event (inject)`
	let best: { length: number; value: T } | null = null;
	const padded = ` ${folded} `;
	for (const [word, value] of words) {
		if (word.length >= 3 && word.length > (best?.length ?? 0) && padded.includes(` ${word} `)) {
			best = { length: word.length, value };
		}
	}
	return best?.value ?? null;
}

export const readChannel = (text: string): InjectChannel | null => lookUp(channels, text);
export const readCategory = (text: string): InjectCategory | null => lookUp(categories, text);
export const readLevel = (text: string): InjectLevel | null => lookUp(levels, text);

/** A TLP label, also with words around it as in `TLP:AMBER (limited)`. */
export function readTlp(text: string): Tlp | null {
	const found = /tlp\s*[:\- ]?\s*(clear|white|green|amber\s*[+_ ]\s*strict|amber|red)\b/i.exec(text);
	return parseTlp(text) ?? (found ? parseTlp(found[0]) : null);
}

const yes = new Set(
	'yes|y|true|1|x|oui|o|vrai|ja|j|wahr|si|s|verdadero|vero|required|obligatory|mandatory|requis|erforderlich|✓|✔|☑'.split(
		'|'
	)
);
const no = new Set('no|n|false|0|non|faux|nein|falsch|falso|none|not required|optional|✗|✘|☐'.split('|'));

export function readYesNo(cell: Cell): boolean | null {
	if (typeof cell === 'boolean') return cell;
	const text = typeof cell === 'number' ? String(cell) : typeof cell === 'string' ? cell.trim() : '';
	const word = foldWord(text) || text;
	return yes.has(word) ? true : no.has(word) ? false : null;
}
