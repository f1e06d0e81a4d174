// scripts/complete-lock.mjs — add stub entries for optional platform packages the registry did not serve
import fs from 'node:fs';
const f = 'package-lock.json',
	lock = JSON.parse(fs.readFileSync(f, 'utf8')),
	P = lock.packages;
const OS =
	/(?:^|[-_./@])(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32|windows)(?=[-_.]|$)/;
const CPU = /(?:^|[-_.])(x64|arm64|ia32|arm|loong64|mips64el|ppc64|riscv64|s390x)(?=eabi|[-_.]|$)/;
for (const [at, p] of Object.entries({ ...P }))
	for (const [name, range] of Object.entries(p.optionalDependencies ?? {})) {
		let base = at,
			found = false;
		for (;;) {
			if (P[(base ? base + '/' : '') + 'node_modules/' + name]) {
				found = true;
				break;
			}
			if (!base) break;
			const i = base.lastIndexOf('/node_modules/');
			base = i < 0 ? '' : base.slice(0, i);
		}
		if (found) continue;
		const os = OS.exec(name)?.[1],
			cpu = CPU.exec(name)?.[1];
		P['node_modules/' + name] = {
			version: range.replace(/^[\^~]/, ''),
			...(cpu && { cpu: [cpu] }),
			...(p.dev && { dev: true }),
			optional: true,
			os: [os === 'windows' ? 'win32' : (os ?? 'none')]
		};
	}
lock.packages = Object.fromEntries(Object.entries(P).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync(f, JSON.stringify(lock, null, 2) + '\n');
