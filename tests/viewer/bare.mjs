// A page with MapLibre and nothing else, from the same package as the viewer, packed the same way.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './service.mjs';

const dist = join(root, 'tiles/viewer/node_modules/maplibre-gl/dist');
const packed = new Map();

function file(name) {
  if (!packed.has(name)) packed.set(name, gzipSync(readFileSync(join(dist, name)), { level: 9 }));
  return packed.get(name);
}

const EMPTY = { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': '#f4f1ea' } }] };

/** Serves the page with a style until the callback is done. */
export async function bare(style, work) {
  const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="maplibre-gl.css"><link rel="icon" href="data:,">
<style>html,body,#map{height:100%;margin:0}</style><div id="map"></div><script type="module">
import { Map } from './maplibre-gl.mjs';
const map = new Map({ container: 'map', style: ${JSON.stringify(style ?? EMPTY)}, center: [0, 0], zoom: 2, attributionControl: false, fadeDuration: 0 });
map.once('idle', () => { performance.mark('first-picture'); document.getElementById('map').dataset.state = 'idle'; });
</script>`;
  const server = createServer((request, response) => {
    const name = new URL(request.url, 'http://bare').pathname.slice(1);
    if (name === '') {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(page);
      return;
    }
    try {
      const body = file(name);
      response.writeHead(200, { 'Content-Type': name.endsWith('.css') ? 'text/css' : 'text/javascript', 'Content-Encoding': 'gzip' });
      response.end(body);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    return await work(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}
