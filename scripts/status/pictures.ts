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

const folder = join(root, process.argv[2] ?? 'docs/pictures');
const widths = { wide: { width: 1120, height: 1000 }, narrow: { width: 360, height: 1000 } } as const;

installBrowser('pictures of the status page');
mkdirSync(folder, { recursive: true });
const page = renderPage(pageModel(exampleInput(new Date('2026-11-27T03:12:00Z'))));
const browser = await startBrowser();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, viewport] of Object.entries(widths)) {
      const tab = await browser.newPage({ viewport, colorScheme });
      await tab.setContent(page);
      const path = join(folder, `status-${name}-${colorScheme}.png`);
      await tab.screenshot({ path, fullPage: process.argv[3] === 'full' });
      console.log(path);
      await tab.close();
    }
  }
} finally {
  await browser.close();
}
