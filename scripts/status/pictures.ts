/**
 * `npm run status-pictures`: pictures of the status page, of a year that is made up, in a real browser: two widths, light and dark.
 * They stand in the README.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pageModel } from '../../src/watch/page/model/model.ts';
import { renderPage } from '../../src/watch/page/render/page.ts';
import { root } from '../lib/actions.ts';
import { installBrowser, startBrowser } from '../lib/browser.ts';
import { exampleInput } from './example.ts';
import { exampleSources } from './example-sources.ts';

const folder = process.argv[2] ?? join(root, 'docs/pictures');
/** What is in the picture: the page from its top, or from an element on; so many pixels of it. */
const pictures = {
  wide: { width: 1000, height: 1020, from: 'body' },
  year: { width: 1000, height: 640, from: 'details' },
  phone: { width: 360, height: 1100, from: 'body' },
  'phone-year': { width: 360, height: 1100, from: 'details' },
} as const;

installBrowser('pictures of the status page');
mkdirSync(folder, { recursive: true });
// One source in trouble leaves room for the others.
const sources = exampleSources.filter(({ source }) => source !== 'billing.prod');
const page = renderPage(pageModel(exampleInput(new Date('2026-11-27T03:12:00Z'), sources)));
const browser = await startBrowser();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, { width, height, from }] of Object.entries(pictures)) {
      const tab = await browser.newPage({ viewport: { width, height }, colorScheme });
      await tab.setContent(page);
      const box = await tab.locator(from).first().boundingBox();
      const path = join(folder, `status-${name}-${colorScheme}.png`);
      await tab.screenshot({ path, fullPage: true, clip: { x: 0, y: Math.max(0, (box?.y ?? 0) - 16), width, height } });
      console.log(path);
      await tab.close();
    }
  }
} finally {
  await browser.close();
}
