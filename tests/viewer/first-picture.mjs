// How much later than an empty MapLibre page the city is there, in one run of one browser: `make bench`.
import { existsSync } from 'node:fs';
import { bare } from './bare.mjs';
import { DESKTOP, launched, visited } from './browser.mjs';
import { ended, served } from './service.mjs';

/** What is wanted, milliseconds. */
const MOST_MS = 500;
const RUNS = 7;

/** Of the same source: without any window, and with one, which is drawn by the processors that draw the page. */
const BROWSERS = { 'headless shell': '/usr/bin/chromium-headless-shell', 'browser with its window': undefined };

/** From the start of the navigation to the first picture, nothing known before. */
async function timed(browser, url) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'zh-CN' });
  try {
    return await pictured(await context.newPage(), url);
  } finally {
    await context.close();
  }
}

async function pictured(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('first-picture').length > 0);
  return page.evaluate(() => performance.getEntriesByName('first-picture')[0].startTime);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measured(name, path, ours, empty) {
  if (path && !existsSync(path)) {
    console.log(`${name}: skipped, there is no ${path}`);
    return;
  }
  const browser = await launched(path);
  try {
    // a page that complains is not timed
    for (const url of [ours, empty]) await visited(browser, {}, (page) => pictured(page, url));
    const [own, none] = [[], []];
    for (let i = 0; i < RUNS; i++) {
      none.push(await timed(browser, empty));
      own.push(await timed(browser, ours));
    }
    const later = Math.round(median(own) - median(none));
    console.log(`${name} (${browser.version()}): first picture of the city ${own.map(Math.round).join(', ')} ms; of an empty map ${none.map(Math.round).join(', ')} ms`);
    console.log(`${name}: medians differ by ${later} ms, at most ${MOST_MS} wanted: ${later <= MOST_MS ? 'met' : 'not met'}`);
  } finally {
    await browser.close();
  }
}

try {
  await served(false, (url) =>
    bare(undefined, async (empty) => {
      for (const [name, path] of Object.entries(BROWSERS)) await measured(name, path, url, empty);
    }),
  );
} finally {
  await ended();
}
