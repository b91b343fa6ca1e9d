// How much later than an empty MapLibre page the city is there, in one run of one browser: `make bench`.
import { bare } from './bare.mjs';
import { launched, visited } from './browser.mjs';
import { ended, served } from './service.mjs';

/** What is wanted, milliseconds. */
const MOST_MS = 500;
const RUNS = 5;

/** From the start of the navigation to the first picture, nothing known before. */
async function timed(browser, url) {
  let time;
  await visited(browser, {}, async (page) => {
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName('first-picture').length > 0);
    time = await page.evaluate(() => performance.getEntriesByName('first-picture')[0].startTime);
  });
  return time;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const browser = await launched();
try {
  await served(false, (url) =>
    bare(undefined, async (empty) => {
      await timed(browser, url);
      await timed(browser, empty);
      const [ours, none] = [[], []];
      for (let i = 0; i < RUNS; i++) {
        none.push(await timed(browser, empty));
        ours.push(await timed(browser, url));
      }
      const later = Math.round(median(ours) - median(none));
      console.log(`first picture of the city: ${ours.map(Math.round).join(', ')} ms; of an empty map: ${none.map(Math.round).join(', ')} ms`);
      console.log(`medians differ by ${later} ms, at most ${MOST_MS} wanted: ${later <= MOST_MS ? 'met' : 'not met'}`);
    }),
  );
} finally {
  await browser.close();
  await ended();
}
