import { defineConfig } from 'vite';

// every address is relative, so that the service may stand below any path of a proxy
export default defineConfig({
  base: './',
  build: {
    outDir: 'dist',
    assetsDir: 'viewer',
    assetsInlineLimit: 0,
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
