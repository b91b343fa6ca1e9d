// The planner's view: a file with gaps, its defects one by one, two plans side by side.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { idle, launched, PHONE, DESKTOP, pictured, visited } from './browser.mjs';
import { ended, folder, served } from './service.mjs';

let browser;
before(async () => (browser = await launched()));
after(async () => {
  await browser.close();
  await ended();
});

const files = join(folder, 'files');

/** The city's own grids, changed by the callback, as a file. */
function changed(name, change) {
  mkdirSync(files, { recursive: true });
  const grids = JSON.parse(readFileSync(join(folder, 'longgang/grids.geojson'), 'utf8'));
  change(grids.features);
  const path = join(files, name);
  writeFileSync(path, JSON.stringify(grids));
  return path;
}

const ring = (feature) => (feature.geometry.type === 'Polygon' ? feature.geometry.coordinates : feature.geometry.coordinates[0])[0];

/** Three grids lose a corner to nobody: a gap or an opening of the rim each. */
const withGaps = () =>
  changed('gaps.geojson', (features) => {
    for (const at of [50, 150, 250]) {
      const points = ring(features[at]);
      const middle = Math.floor(points.length / 2);
      points.splice(middle, 1);
      const [a, b] = [points[middle - 1], points[middle]];
      const inner = points[Math.floor(points.length / 4)];
      points.splice(middle, 0, [(a[0] + b[0]) / 2 + (inner[0] - a[0]) / 20, (a[1] + b[1]) / 2 + (inner[1] - a[1]) / 20]);
    }
  });

/** The second of two neighbours goes to the first: their rings are joined by the service itself. */
async function merged(url, name) {
  const drafted = await fetch(`${url}v1/plans`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, from: 'demo' }) });
  assert.equal(drafted.status, 201, await drafted.clone().text());
  const plan = await drafted.json();
  const done = await fetch(`${url}v1/plans/${plan.id}/merge`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ codes: ['211403006002002', '211403006002003'], into: '211403006002002' }) });
  assert.equal(done.status, 200, await done.clone().text());
  return plan.id;
}

for (const [name, viewport] of [['desk', DESKTOP], ['phone', PHONE]]) {
  test(`a file with gaps is dropped, and its defects are walked through (${name})`, async () => {
    const path = withGaps();
    await served(true, (url) =>
      visited(browser, { viewport }, async (page) => {
        await page.goto(`${url}#lang=zh`);
        await idle(page);
        const text = readFileSync(path, 'utf8');
        // dropped on the map, as from a folder
        const transfer = await page.evaluateHandle((text) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], '新方案.geojson', { type: 'application/geo+json' }));
          return transfer;
        }, text);
        await page.dispatchEvent('#map', 'dragover', { dataTransfer: transfer });
        await page.dispatchEvent('#map', 'drop', { dataTransfer: transfer });
        await page.fill('#plan-name', `缺口 ${name} ${Date.now()}`);
        await page.click('#drop button[type=submit]');
        await page.waitForSelector('#verdict.bad');
        const id = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('plan') ?? (await page.locator('[data-plan][aria-pressed=true]').getAttribute('data-plan'));
        const told = await (await fetch(`${url}v1/plans/${id}/validation`)).json();
        assert.equal(told.seamless, false);
        assert.equal(Number(await page.locator('#defect-count').textContent()), told.defects.length);
        const walked = [];
        const errors = told.defects.filter((defect) => defect.severity === 'error');
        assert.ok(errors.length >= 3);
        await page.focus('#next-defect');
        for (let i = 0; i < errors.length; i++) {
          await page.keyboard.press('n');
          await page.waitForFunction((place) => document.querySelector('#defect-place').textContent.startsWith(`${place} /`), i + 1);
          walked.push(await page.locator('#defects [aria-current=true]').getAttribute('data-defect'));
        }
        assert.deepEqual([...walked].sort(), errors.map((defect) => defect.id).sort(), 'errors come first');
        await page.keyboard.press('p');
        await page.waitForFunction((place) => document.querySelector('#defect-place').textContent.startsWith(`${place} /`), errors.length - 1);
        // the map is where the defect is
        const last = errors.find((defect) => defect.id === walked.at(-2));
        await page.waitForTimeout(900);
        await idle(page);
        const [zoom, lat, lon] = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('map').split('/').map(Number);
        let at = last.geometry.coordinates;
        while (Array.isArray(at[0])) at = at[0];
        assert.ok(zoom > 13 && Math.abs(lon - at[0]) < 0.01 && Math.abs(lat - at[1]) < 0.01, `${page.url()} is not at ${at}`);
        await pictured(page, `defects-${name}`);
        // the diff of the broken plan may still be on its way
        await page.waitForFunction(() => !document.querySelector('#changes .quiet')?.textContent?.includes('……'));
      }),
    );
  });
}

test('two plans are compared, and what changes hands is told and downloaded', async () => {
  await served(true, async (url) => {
    const id = await merged(url, `合并 ${Date.now()}`);
    await visited(browser, {}, async (page) => {
      await page.goto(`${url}#lang=zh&tab=plans&plan=${id}&map=15.5/40.7256534/120.9425058`);
      await page.waitForSelector('#verdict.good');
      await page.waitForSelector('#changes ol li');
      assert.match(await page.locator('#changes').textContent(), /合并/);
      assert.match(await page.locator('#changes').textContent(), /211403006002003 → 211403006002002/);
      await page.check('#compare input[value=side]');
      await page.waitForSelector('#map2[data-state=idle]');
      await idle(page);
      const [one, other] = [await page.locator('#map').boundingBox(), await page.locator('#map2').boundingBox()];
      assert.ok(Math.abs(one.width - other.width) < 4 && other.x < one.x, 'the old plan is left of the new one');
      await pictured(page, 'compare-side');
      await page.check('#compare input[value=slide]');
      await page.waitForSelector('#slider');
      await page.focus('#slider');
      for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowLeft');
      assert.match(await page.locator('#map2').getAttribute('style'), /inset\(0(px)? 60% 0(px)? 0(px)?\)/);
      // moved together
      await page.focus('#map canvas');
      await page.keyboard.press('ArrowRight');
      await idle(page);
      await idle(page, '#map2');
      await pictured(page, 'compare-slide');
      for (const [report, start] of [['diff.html', '<'], ['diff.geojson', '{"'], ['validation.json', '{']]) {
        const [download] = await Promise.all([page.waitForEvent('download'), page.click(`[data-report="${report}"]`)]);
        assert.equal(download.suggestedFilename(), report);
        assert.ok(readFileSync(await download.path(), 'utf8').startsWith(start), report);
      }
      const [list] = await Promise.all([page.waitForEvent('download'), page.click('a[download="codes.csv"]')]);
      assert.match(readFileSync(await list.path(), 'utf8'), /211403006002003/);
      await page.check('#compare input[value=off]');
      await page.waitForSelector('#map2', { state: 'detached' });
      await idle(page);
    });
  });
});

test('a service that takes no changes says so', async () => {
  const path = withGaps();
  await served(false, (url) =>
    visited(browser, { allowed: ['/v1/plans?name='] }, async (page) => {
      await page.goto(`${url}#lang=zh&tab=plans`);
      await page.setInputFiles('#file', path);
      await page.click('#drop button[type=submit]');
      await page.waitForSelector('#told.bad');
      assert.match(await page.locator('#told').textContent(), /--allow-writes/);
      await idle(page);
    }),
  );
});
