// Builds the pages ahead of the start, as `npm start` would do on its own.
import { readConfig } from '../server/config.ts';
import { createLog } from '../server/log.ts';
import { buildPages } from '../server/site.ts';

const folder = await buildPages(createLog(readConfig({ LOG_FORMAT: 'text' })));
console.log(`The pages are in ${folder}`);
