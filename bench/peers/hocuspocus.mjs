import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import { answerParent } from './peer.mjs';

/* Hocuspocus with its defaults and its Database extension; the statements are those of its SQLite extension. */
const database = new DatabaseSync(path.join(process.argv[2], 'hocuspocus.sqlite'));
database.exec(
	'create table if not exists "documents" ("name" varchar(255) not null, "data" blob not null, unique(name))'
);
const read = database.prepare('select data from "documents" where name = ? order by rowid desc');
const write = database.prepare(
	'insert into "documents" ("name", "data") values (?, ?) on conflict(name) do update set data = excluded.data'
);
const server = new Server({
	port: 0,
	address: '127.0.0.1',
	quiet: true,
	stopOnSignals: true,
	extensions: [
		new Database({
			fetch: async ({ documentName }) => read.get(documentName)?.data ?? null,
			store: async ({ documentName, state }) => {
				write.run(documentName, state);
			}
		})
	]
});
await server.listen();
answerParent(server.address.port);
