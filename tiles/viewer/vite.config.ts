import { defineConfig, type Plugin } from 'vite';

/** Has the browser fetch the map's program with the page, and not when the page's first steps ask for it. */
const early: Plugin = {
  name: 'early',
  transformIndexHtml: {
    order: 'post',
    handler: (_page, { bundle = {} }) =>
      Object.values(bundle)
        .filter((file) => file.type === 'chunk' && !file.isEntry)
        .map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file.fileName}` }, injectTo: 'head' as const })),
  },
};

// every address is relative, so that the service may stand below any path of a proxy
export default defineConfig({
  base: './',
  plugins: [early],
  build: {
    outDir: 'dist',
    assetsDir: 'viewer',
    assetsInlineLimit: 0,
    // one file: the program does not wait for a second one
    cssCodeSplit: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      output: { manualChunks: { maplibre: ['maplibre-gl'] } },
    },
  },
  // `npm run dev` beside a running service
  server: { proxy: Object.fromEntries(['/v1', '/tiles', '/styles'].map((path) => [path, 'http://127.0.0.1:8080'])) },
});
