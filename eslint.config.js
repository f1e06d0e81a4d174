import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/*
 * Who may import whom (docs/architecture.md). Imports run one way:
 * standards, errors <- exercise <- protocol <- live and server <- ui <- routes.
 */
const inLib = (name) => `^(#lib|[.].*)/${name}(/|$)`;
const folders = {
	domain: inLib('exercise'),
	improvement: inLib('improvement'),
	protocol: inLib('protocol'),
	live: inLib('live'),
	ui: inLib('ui'),
	text: inLib('text'),
	routes: '/routes/',
	server: '^(#server|[.].*/server)/'
};

/** `files` may not import from `forbidden`; everything else about imports holds everywhere. */
function keepsOut(files, forbidden, why, more = []) {
	return {
		files,
		rules: {
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					patterns: [
						...everywhere,
						...forbidden.map((name) => ({ regex: folders[name], message: why })),
						...more
					]
				}
			]
		}
	};
}

const everywhere = [
	{ group: ['$lib', '$lib/**'], message: 'Write #lib/…: Node, Vite and the tests all know it.' },
	{ group: ['$app/stores'], message: 'Write $app/state.' }
];
const onlyTypesOfServer = {
	regex: folders.server,
	allowTypeImports: true,
	message: 'Pages take running services from event.locals.muster; of server/ they import types only.'
};
const noFramework = {
	group: [
		'svelte',
		'svelte/**',
		'@sveltejs/**',
		'$app/**',
		'node:*',
		'express',
		'socket.io*',
		'ws',
		'drizzle-orm',
		'pg'
	],
	message: 'The domain is pure: no framework, socket, database, clock or chance.'
};

export default ts.config(
	{ ignores: ['**/.*/', 'build/', 'data/', 'drizzle/', 'test-results/', 'coverage/'] },
	js.configs.recommended,
	...ts.configs.recommendedTypeChecked,
	...svelte.configs.recommended,
	{
		languageOptions: {
			globals: { ...globals.browser, ...globals.node },
			parserOptions: {
				projectService: { allowDefaultProject: ['eslint.config.js', 'svelte.config.js'] },
				tsconfigRootDir: import.meta.dirname,
				extraFileExtensions: ['.svelte']
			}
		},
		rules: {
			// TypeScript knows what is defined
			'no-undef': 'off',
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }
			],
			// what comes out of a row or a Yjs document gets its brand here, also where a plain string would pass
			'@typescript-eslint/no-unnecessary-type-assertion': 'off',
			// the same values are `unknown`, and made to text with a fallback
			'@typescript-eslint/no-base-to-string': 'off',
			// services are closures: their functions can be handed on alone
			'@typescript-eslint/unbound-method': 'off',
			// an interface asks for a promise, and one implementation has nothing to wait for
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
		rules: {
			// addresses are relative to the site's root, which has no base path
			'svelte/no-navigation-without-resolve': 'off',
			// most maps and sets are made for one computation, and need not be observed
			'svelte/prefer-svelte-reactivity': 'off',
			// svelte-check has the last word on them
			'svelte/no-unused-svelte-ignore': 'off'
		}
	},
	{
		// Kit gives loads, actions and props types that only svelte-check sees
		files: ['src/routes/**'],
		rules: {
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-return': 'off'
		}
	},
	{
		files: ['**/*.mjs', '**/*.js'],
		...ts.configs.disableTypeChecked
	},
	{
		files: ['tests/**'],
		rules: {
			// Playwright's fixtures are told by an object pattern, also by an empty one
			'no-empty-pattern': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
			'@typescript-eslint/no-unsafe-call': 'off'
		}
	},
	keepsOut(['**/*.{js,mjs,ts,svelte}'], [], ''),
	keepsOut(['src/**/*.{ts,svelte}'], [], '', [onlyTypesOfServer]),
	keepsOut(
		['src/lib/standards/**', 'src/lib/errors.ts'],
		['domain', 'improvement', 'protocol', 'live', 'ui', 'text', 'routes', 'server'],
		'Facts of the field stand on nothing.',
		[noFramework]
	),
	keepsOut(
		['src/lib/exercise/**'],
		['improvement', 'protocol', 'live', 'ui', 'text', 'routes', 'server'],
		'The domain knows standards, errors and itself.',
		[noFramework]
	),
	keepsOut(
		['src/lib/improvement/**'],
		['protocol', 'live', 'ui', 'text', 'routes', 'server'],
		'What lives across exercises knows standards, errors, the exercise domain and itself.',
		[noFramework]
	),
	keepsOut(
		['src/lib/protocol/**'],
		['live', 'ui', 'routes', 'server'],
		'The protocol knows the domain only.'
	),
	keepsOut(['src/lib/live/**'], ['ui', 'routes'], 'Real time knows domain and protocol only.', [
		onlyTypesOfServer
	]),
	keepsOut(
		['src/lib/ui/**'],
		['live', 'protocol', 'routes', 'server'],
		'Components know standards, texts and, where they show one, a kind.'
	),
	keepsOut(
		['server/**'],
		['ui', 'live', 'routes'],
		'The server knows domain and protocol, never the interface.',
		[{ group: ['**/*.svelte', '**/*.svelte.ts', '$app/**'], message: 'The server runs without Svelte.' }]
	)
);
