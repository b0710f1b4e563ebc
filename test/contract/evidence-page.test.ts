/** evidence.html in a real browser: what axe says of it, on a phone, and on paper. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { installBrowser, startBrowser } from '../../scripts/lib/browser.ts';
import { evidenceOf } from '../../src/watch/evidence/evidence.ts';
import { renderEvidence } from '../../src/watch/evidence/render/html.ts';
import { evidenceBackup, input } from '../unit/watch/evidence/given.ts';
import { promised } from '../unit/watch/watchdog/given.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const run = { key: 'acme/backups/actions/runs/7', url: 'https://github.example/acme/backups/actions/runs/7' };
const long = 'a-very-long-name-of-a-source.'.repeat(5);
const change = {
  workflow: '.github/workflows/nightly.yml',
  place: 'backup',
  setting: 'keep',
  before: '30',
  after: '7',
  at: '2026-01-10T00:00:00.000Z',
  author: 'Ada (ada)',
  commit: 'c0ffeec0ffee',
  url: 'https://github.example/acme/backups/commit/c0ffee',
};
const text = renderEvidence(
  evidenceOf(
    input({
      backups: Array.from({ length: 12 }, (_, at) =>
        evidenceBackup(Date.parse('2026-01-05T03:20:00Z') + at * 86_400_000, {
          bytes: 5_000_000,
          verdict: at === 3 ? 'bad' : 'good',
          proofs: [
            {
              at: '2026-01-20T04:00:00.000Z',
              verdict: at === 3 ? 'bad' : 'good',
              run,
              recoverySeconds: 41,
              findings: [long],
            },
          ],
          compared: [{ what: 'archive', verdict: 'good', compared: 12 }],
          runUrl: run.url,
        }),
      ),
      promises: { 'acme/backups': [promised(), promised({ source: long })] },
      account: {
        covered: { from: '2026-01-01T00:00:00.000Z', until: '2026-01-31T23:59:59.000Z' },
        regions: ['us-east-1'],
        changes: [
          {
            ...{ at: change.at, last: change.at, calls: 2, event: 'CreateTags', region: 'us-east-1', own: true },
            ...{ who: long, resources: [long, long], detail: `DeleteOn=${long}`, refused: 'UnauthorizedOperation' },
          },
        ],
        unread: [],
      },
      records: [
        {
          repository: 'acme/backups',
          retention: [{ workflow: change.workflow, place: 'backup', setting: 'keep', value: '7' }],
          changes: [change],
          runs: [{ workflow: change.workflow, total: 31, succeeded: 30, failed: 1 }],
          unread: [],
        },
      ],
    }),
  ),
);

let browser: Browser;
beforeAll(async () => {
  installBrowser('tests of the evidence');
  browser = await startBrowser();
}, 300_000);
afterAll(() => browser?.close());

async function show(width: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  // axe is brought in from outside of the page's policy.
  await page.setContent(text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
  return page;
}

test.each([1120, 360])('axe finds nothing at a width of %d, and nothing is wider than the page', async (width) => {
  const page = await show(width);
  await page.evaluate(axe);
  const { violations, passes } = (await page.evaluate('axe.run()')) as Readonly<
    Record<'violations' | 'passes', readonly { id: string; nodes: { html: string }[] }[]>
  >;
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(['color-contrast', 'region', 'heading-order']));
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  await page.close();
});

test('on paper each source begins a page, and nothing is cut off', async () => {
  const page = await show(794);
  await page.emulateMedia({ media: 'print' });
  const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
  const pages = Number(
    /\/Type\s*\/Pages[\s\S]*?\/Count (\d+)/.exec(pdf)?.[1] ?? pdf.split(/\/Type\s*\/Page\b/).length - 1,
  );
  expect(pages).toBeGreaterThanOrEqual(3);
  expect(
    await page.evaluate(
      `[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).length`,
    ),
  ).toBe(0);
  await page.close();
});
