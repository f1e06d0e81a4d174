import { z } from 'zod';

/**
 * Names and addresses of people, as everybody may type them: hostile text (PROMISES R18). Signs that turn the reading
 * direction, hide, or break the line would let one person look like another in a list or a log.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

export const cleanName = (text: string) =>
	text.normalize('NFC').replace(invisible, ' ').replace(/\s+/g, ' ').trim();

export const personName = z
	.string()
	.transform(cleanName)
	.pipe(z.string().min(1, 'Write a name.').max(120, 'A name has at most 120 characters.'));

/** Whether mail reaches it only mail can tell; this keeps out what is no address at all. 254 is SMTP's limit. */
export const emailAddress = z
	.string()
	.trim()
	.max(254, 'This is not an e-mail address.')
	.regex(/^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u, 'This is not an e-mail address.');

/** How addresses are compared; as the database's index does. */
export const emailKey = (email: string) => email.trim().toLowerCase();
