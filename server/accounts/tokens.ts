import { createHash, randomBytes } from 'node:crypto';

/** What a link holds: 256 random bits. The database keeps only its hash. */
export const mintToken = () => randomBytes(32).toString('base64url');
export const tokenHash = (token: string) => createHash('sha256').update(token).digest('hex');
export const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
