// The viewer in a real browser: look, ask, search, type, switch, at a desk and on a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESKTOP, idle, launched, PHONE, pictured, pixels, visited } from './browser.mjs';
import { ended, folder, served } from './service.mjs';

const MAGENTA = [0xe0, 0x00, 0x7f];

let browser;
before(async () => (browser = await launched()));
after(async () => {
  await browser.close();
  await ended();
});

/** Points of the city with the grids that the generator put them in. */
const points = () => {
  const [head, ...rows] = readFileSync(join(folder, 'longgang/truth.csv'), 'utf8').trim().split('\n');
  const names = head.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((value, at) => [names[at], value])));
};

const where = () => {
  const [, ...rows] = readFileSync(join(folder, 'longgang/points.csv'), 'utf8').trim().split('\n');
  return new Map(rows.map((row) => row.split(',')).map(([id, lon, lat]) => [id, [Number(lon), Number(lat)]]));
};

for (const [name, viewport] of [['desk', DESKTOP], ['phone', PHONE]]) {
  test(`the city is there at once, and a click says whose point it is (${name})`, async () => {
    await served(false, (url) =>
      visited(browser, { viewport }, async (page) => {
        await page.goto(url);
        await idle(page);
        assert.ok((await pixels(page, '#map', MAGENTA, 60)) > 300, 'borders in magenta');
        await pictured(page, `city-${name}`);
        const box = await page.locator('#map').boundingBox();
        await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
        await page.waitForSelector('#chain tr:nth-child(4)');
        const shown = await page.locator('#answer').getAttribute('data-code');
        const at = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('at') ?? (await page.evaluate(() => new Promise((done) => setTimeout(() => done(new URLSearchParams(location.hash.slice(1)).get('at')), 400))));
        const [lon, lat] = at.split('/');
        const told = await (await fetch(`${url}v1/locate?lon=${lon}&lat=${lat}`)).json();
        assert.equal(shown, told.grid.code);
        assert.match(await page.locator('#distance').textContent(), /m$/);
        await idle(page);
      }),
    );
  });

  test(`coordinates of four systems are shown, and typed (${name})`, async () => {
    await served(false, (url) =>
      visited(browser, { viewport }, async (page) => {
        const truth = points().find((row) => row.place === 'inside');
        const [lon, lat] = where().get(truth.id);
        await page.goto(url);
        for (const system of ['wgs84', 'gcj02', 'bd09', 'EPSG:4549']) {
          // what the service itself says of the place, typed as people write it
          const known = await (await fetch(`${url}v1/crs?lon=${lon}&lat=${lat}&to=${system}`)).json();
          const { lon: east, lat: north } = known.to[0];
          await page.selectOption('#system', system);
          await page.fill('#typed', system.startsWith('EPSG') ? `${east.toFixed(3)}，${north.toFixed(3)}` : `${east.toFixed(8)} ${north.toFixed(8)}`);
          await page.press('#typed', 'Enter');
          await page.waitForSelector(`#answer[data-code="${truth.code}"]`);
          await page.waitForSelector('#coordinates [data-system=projected]');
          const [first] = await page.locator('#coordinates [data-system=wgs84] code').allTextContents();
          const [shownLon, shownLat] = first.split(', ').map(Number);
          assert.ok(Math.abs(shownLon - lon) < 2e-6 && Math.abs(shownLat - lat) < 2e-6, `${system}: ${first} is not ${lon}, ${lat}`);
          await page.evaluate(() => document.querySelector('#answer').removeAttribute('data-code'));
          await page.click('#show-layers');
          await page.click('#show-place');
        }
        await idle(page);
      }),
    );
  });
}

test('a unit is found by its name and by its code, with the keyboard alone', async () => {
  await served(false, (url) =>
    visited(browser, {}, async (page) => {
      await page.goto(url);
      await idle(page);
      await page.focus('#search');
      await page.keyboard.type('滨海');
      await page.waitForSelector('#found [role=option]');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#answer[data-code="211403006"]');
      await idle(page);
      await page.fill('#search', '211403006002002');
      await page.waitForSelector('#found [data-code="211403006002002"]');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#answer[data-code="211403006002002"]');
      await idle(page);
      await pictured(page, 'unit');
    }),
  );
});

test('who handles it, the circle with its candidates, and dragging it', async () => {
  await served(false, (url) =>
    visited(browser, {}, async (page) => {
      await page.goto(`${url}#lang=zh&map=16/40.7256534/120.9425058&at=120.9425058/40.7256534&about=event:0402&r=80`);
      await page.waitForSelector('#handlers tr:nth-child(3)');
      assert.match(await page.locator('#handlers').textContent(), /供排水公司/);
      assert.equal(await page.locator('#posts li').count(), 5);
      await page.waitForSelector('#candidates table');
      const shares = async () => (await page.locator('#candidates th').allTextContents()).map((text) => Number.parseFloat(text));
      const before = await shares();
      assert.ok(Math.abs(before.reduce((sum, share) => sum + share, 0) - 100) < 0.5, `${before} add up to the circle`);
      await idle(page);
      await pictured(page, 'point');
      const grip = await page.locator('.grip').boundingBox();
      await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
      await page.mouse.down();
      await page.mouse.move(grip.x + 90, grip.y + grip.height / 2, { steps: 5 });
      await page.mouse.up();
      await page.waitForFunction(() => Number(document.querySelector('#radius').value) > 100);
      await page.waitForFunction((count) => document.querySelectorAll('#candidates th').length > count, before.length);
      await idle(page);
    }),
  );
});

test('levels and classes are switched, counted, and kept in the link', async () => {
  await served(false, (url) =>
    visited(browser, {}, async (page) => {
      await page.goto(`${url}#lang=zh&tab=layers&map=16/40.7256534/120.9425058`);
      await idle(page);
      await page.waitForSelector('#classes [data-count="01"]');
      // as the unit's own answer has it
      const unit = await (await fetch(`${url}v1/grids/211403`)).json();
      const total = unit.properties.components.filter((one) => one.class.startsWith('01')).reduce((sum, one) => sum + one.count, 0);
      assert.equal(await page.locator('[data-count="01"]').textContent(), total.toLocaleString('zh-CN'));
      const blue = [0x2f, 0x6f, 0x9f];
      assert.ok((await pixels(page, '#map', blue)) > 100, 'symbols of class 01');
      await page.uncheck('[data-toggle="without:01"]');
      await page.waitForFunction(() => location.hash.includes('without=01'));
      await idle(page);
      assert.ok((await pixels(page, '#map', blue)) < 30, 'none when they are off');
      const borders = await pixels(page, '#map', MAGENTA, 12);
      await page.uncheck('[data-toggle="off:grid"]');
      await page.waitForFunction(() => location.hash.includes('off=grid'));
      await idle(page);
      assert.ok((await pixels(page, '#map', MAGENTA, 12)) < borders / 2, 'grid borders are off');
      const link = page.url();
      await page.goto('about:blank');
      await page.goto(link);
      await idle(page);
      assert.equal(await page.locator('[data-toggle="off:grid"]').isChecked(), false);
      assert.ok((await pixels(page, '#map', blue)) < 30, 'a link leads to the same view');
    }),
  );
});

test('everything is there in English, and printed in grey', async () => {
  await served(false, (url) =>
    visited(browser, { locale: 'en-GB' }, async (page) => {
      await page.goto(url);
      await idle(page);
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      assert.match(await page.locator('#bar').textContent(), /Longgang/);
      await page.click('#style');
      await page.waitForFunction(() => location.hash.includes('style=plain'));
      await idle(page);
      assert.ok((await pixels(page, '#map', [255, 255, 255], 4)) > 100_000, 'white ground');
      await pictured(page, 'plain');
      await page.click('#language');
      await page.waitForFunction(() => document.documentElement.lang === 'zh-CN' && document.querySelector('#bar')?.textContent?.includes('龙港'));
      await idle(page);
    }),
  );
});

test('the keyboard reaches everything', async () => {
  await served(false, (url) =>
    visited(browser, {}, async (page) => {
      await page.goto(url);
      await idle(page);
      await page.focus('#show-place');
      await page.keyboard.press('ArrowRight');
      assert.ok(await page.locator('#tab-layers').isVisible());
      await page.keyboard.press('ArrowLeft');
      await page.focus('#map canvas');
      await page.keyboard.press('+');
      await idle(page);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#chain');
      const unlabelled = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, select')]
          .filter((one) => one.checkVisibility())
          .filter((one) => !(one.getAttribute('aria-label') || one.title || one.textContent.trim() || one.labels?.length))
          .map((one) => one.outerHTML),
      );
      assert.deepEqual(unlabelled, []);
      await idle(page);
    }),
  );
});

test('nothing is wider than a phone', async () => {
  await served(false, (url) =>
    visited(browser, { viewport: PHONE }, async (page) => {
      await page.goto(url);
      await idle(page);
      for (const tab of ['place', 'layers', 'plans']) {
        await page.click(`#show-${tab}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth + Math.max(0, document.querySelector('#panel').scrollWidth - document.querySelector('#panel').clientWidth));
        assert.equal(wide, 0, tab);
      }
      const tall = (await page.locator('#map').boundingBox()).height;
      await page.click('#fold');
      assert.ok((await page.locator('#map').boundingBox()).height > tall + 100);
      await idle(page);
    }),
  );
});
