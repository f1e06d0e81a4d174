import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { musterBackend } from './server/dev-plugin.ts';

export default defineConfig({
	plugins: [musterBackend(), tailwindcss(), sveltekit()],
	// Sockets and cookies are bound to the port: never move silently to another one.
	server: { strictPort: true },
	preview: { strictPort: true }
});
