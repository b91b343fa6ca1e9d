// Chromium, and pages that fail on any error in the console and any request that failed.
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** Generous: pictures are drawn by the processor. */
export const PATIENCE = 120_000;

export const launched = (executablePath = CHROMIUM) => chromium.launch({ executablePath, args });

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 780 };

/** A page of its own, closed at the end; `allowed` are the refusals that the test means to see. */
export async function visited(browser, { viewport = DESKTOP, locale = 'zh-CN', allowed = [] } = {}, work) {
  const context = await browser.newContext({ viewport, locale, hasTouch: viewport.width < 600, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const isAllowed = (url) => allowed.some((part) => url.includes(part));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isAllowed(message.location().url ?? '') && !isNoise(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? String(error)));
  page.on('requestfailed', (request) => {
    // what the page itself gave up is not a failure
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !isAllowed(response.url())) complaints.push(`${response.url()} answered ${response.status()}`);
  });
  const outside = [];
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') outside.push(request.url());
  });
  try {
    await work(page);
  } finally {
    await context.close();
  }
  if (outside.length > 0) complaints.push(`asked elsewhere: ${outside.join(', ')}`);
  if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
}

/** What Chromium says of drawing by the processor, which is no fault of the page. */
const isNoise = (text) => /GPU stall due to ReadPixels|GL Driver Message|swiftshader/i.test(text);

/** Waits until nothing moves, loads or is drawn any more. */
export async function idle(page, map = '#map') {
  await page.waitForTimeout(250);
  await page.waitForSelector(`${map}[data-state=idle]`, { timeout: PATIENCE });
}

/** How many pixels of the picture of an element are of a colour, give or take a little. */
export async function pixels(page, selector, [red, green, blue], tolerance = 24) {
  const png = (await page.locator(selector).screenshot()).toString('base64');
  return page.evaluate(
    async ({ png, want, tolerance }) => {
      const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (want.every((value, at) => Math.abs(data[i + at] - value) <= tolerance)) count++;
      return count;
    },
    { png, want: [red, green, blue], tolerance },
  );
}

/** A picture for the documentation, where WANGGE_PICTURES says to which folder. */
export async function pictured(page, name) {
  const place = process.env.WANGGE_PICTURES;
  if (place) await page.screenshot({ path: `${place}/${name}.jpg`, type: 'jpeg', quality: 78 });
}
