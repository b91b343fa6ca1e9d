// The styles by MapLibre's own rules, and letters without a server of letters.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { launched, pixels, visited } from './browser.mjs';
import { bare } from './bare.mjs';
import { ended, served } from './service.mjs';

let browser;
before(async () => (browser = await launched()));
after(async () => {
  await browser.close();
  await ended();
});

/** The answer, asked for again while the service makes another plan's map ready. */
async function patient(url) {
  for (let left = 60; ; left--) {
    const response = await fetch(url);
    if (response.status !== 503 || left <= 0) return response.json();
    await new Promise((again) => setTimeout(again, 1000));
  }
}

test('every style is one by the specification', async () => {
  await served(false, async (url) => {
    for (const name of ['day', 'plain']) {
      for (const query of ['', '?lang=en', '?crs=gcj02', '?plan=demo']) {
        const style = await patient(`${url}styles/${name}.json${query}`);
        assert.deepEqual(validateStyleMin(style).map((error) => error.message), [], name + query);
        const tiles = await patient(style.sources.city.url);
        const known = tiles.vector_layers.map((layer) => layer.id);
        for (const layer of style.layers.filter((layer) => layer['source-layer'])) assert.ok(known.includes(layer['source-layer']), layer.id);
      }
      const sprite = await (await fetch(`${url}styles/sprite.json`)).json();
      assert.ok(sprite.component && sprite['component-01'] && sprite.hatch);
    }
  });
});

test('Han and Latin letters are drawn without a glyphs address', async () => {
  for (const letters of ['网格龙港区', 'Longgang 12']) {
    const style = {
      version: 8,
      sources: { spot: { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [0, 0] } } } },
      layers: [
        { id: 'white', type: 'background', paint: { 'background-color': '#fff' } },
        { id: 'letters', type: 'symbol', source: 'spot', layout: { 'text-field': letters, 'text-font': ['Noto Sans Regular'], 'text-size': 40 } },
      ],
    };
    await bare(style, (url) =>
      visited(browser, {}, async (page) => {
        await page.goto(url);
        await page.waitForSelector('#map[data-state=idle]');
        const ink = await pixels(page, '#map', [0, 0, 0], 80);
        // five Han letters or eleven Latin ones of 40 pixels
        assert.ok(ink > 1000, `${letters}: ${ink} dark pixels`);
      }),
    );
  }
});
