import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

export default defineConfig({
	plugins: [tailwindcss(), sveltekit()],
	// Sockets and cookies are bound to the port: never move silently to another one.
	server: { strictPort: true },
	preview: { strictPort: true }
});
