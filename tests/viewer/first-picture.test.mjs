// How much later than an empty MapLibre page the city is there, in one run of one browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bare } from './bare.mjs';
import { launched, visited } from './browser.mjs';
import { served } from './service.mjs';

/** What is promised, milliseconds. */
const MOST_MS = 500;
const RUNS = 5;

let browser;
before(async () => (browser = await launched()));
after(() => browser.close());

/** From the start of the navigation to the first picture, nothing known before. */
async function timed(url) {
  let time;
  await visited(browser, {}, async (page) => {
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName('first-picture').length > 0);
    time = await page.evaluate(() => performance.getEntriesByName('first-picture')[0].startTime);
  });
  return time;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test(`the first picture comes at most ${MOST_MS} ms later than an empty map`, async () => {
  await served(false, (url) =>
    bare(undefined, async (empty) => {
      await timed(url);
      await timed(empty);
      const [ours, none] = [[], []];
      for (let i = 0; i < RUNS; i++) {
        none.push(await timed(empty));
        ours.push(await timed(url));
      }
      const told = `the city ${ours.map(Math.round).join(', ')} ms, an empty map ${none.map(Math.round).join(', ')} ms`;
      console.log(`first picture: ${told}; medians differ by ${Math.round(median(ours) - median(none))} ms`);
      assert.ok(median(ours) - median(none) <= MOST_MS, told);
    }),
  );
});
