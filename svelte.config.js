import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	kit: {
		// server/site.ts names a folder after the sources, so that a build never touches a running server's files
		adapter: adapter({ out: process.env['MUSTER_BUILD'] ?? 'build/pages' }),
		// Pages carry nonces; tiptap and bits-ui set inline styles, which cannot run code.
		csp: {
			mode: 'auto',
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
				'style-src': ['self', 'unsafe-inline'],
				'img-src': ['self', 'data:', 'blob:'],
				'font-src': ['self', 'data:'],
				'connect-src': ['self'],
				'object-src': ['none'],
				'base-uri': ['self'],
				'form-action': ['self'],
				'frame-ancestors': ['none']
			}
		},
		typescript: {
			config: (config) => {
				config.include.push(
					'../server/**/*.ts',
					'../tests/**/*.ts',
					'../bench/*.ts',
					'../scripts/**/*.ts',
					'../*.config.ts'
				);
				return config;
			}
		}
	}
};
