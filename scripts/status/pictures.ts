/**
 * `npm run status-pictures`: pictures of the status page, of a year that is made up, in a real browser: two widths, light and dark.
 * They stand in the README.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../lib/actions.ts';
import { installBrowser, startBrowser } from '../lib/browser.ts';
import { picturedHash, picturedHashFile, picturedPage } from './pictured.ts';

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
const page = picturedPage();
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
  writeFileSync(join(folder, basename(picturedHashFile)), picturedHash());
} finally {
  await browser.close();
}
