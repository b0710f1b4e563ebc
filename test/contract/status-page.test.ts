/** The status page in a real browser: what axe says of it, by keyboard alone, on a phone, printed, and that it asks for nothing. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { installBrowser, startBrowser } from '../../scripts/lib/browser.ts';
import { exampleInput } from '../../scripts/status/example.ts';
import { exampleSources } from '../../scripts/status/example-sources.ts';
import { pageModel } from '../../src/watch/page/model/model.ts';
import { renderPage } from '../../src/watch/page/render/page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const long = `${'a-very-long-name-of-a-source.'.repeat(5)}<b>`;
const text = (() => {
  // Each kind and each state once: axe takes a second for each source.
  const chosen = exampleSources.filter(({ source }) => !/^(jobs|wiki|shop)/.test(source));
  const example = exampleInput(new Date('2026-11-27T03:12:00Z'), chosen);
  const promise = { ...example.promises[0], source: long, kind: 'database-dump' } as (typeof example.promises)[number];
  const never = {
    source: long,
    kind: 'database-dump',
    trouble: 'missing',
    text: `It was never backed up: ${long}`,
  } as const;
  const unread = [`eu-west-1: ${long}`];
  return renderPage(
    pageModel({ ...example, unread, promises: [...example.promises, promise], findings: [...example.findings, never] }),
  );
})();

let server: Server;
let browser: Browser;
let asked: string[] = [];
let trouble: string[] = [];
const open: Page[] = [];

beforeAll(async () => {
  installBrowser('tests of the status page');
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'text/html').end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await startBrowser();
}, 300_000);

afterEach(async () => {
  for (const page of open.splice(0)) await page.close();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function show(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  [asked, trouble] = [[], []];
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  open.push(page);
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('requestfailed', (request) => trouble.push(request.url()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/status.html`, {
    waitUntil: 'load',
  });
  return page;
}

/** What runs in the page, as text: it has another world of types. */
const inPage = {
  openAll: "for (const one of document.querySelectorAll('details')) one.open = true",
  width: 'document.documentElement.scrollWidth',
  beyond: `[...document.querySelectorAll('main *')]
    .filter((one) => !one.closest('thead') && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))`,
  script: `(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    document.body.append(script);
    return 'ran' in globalThis;
  })()`,
  /** What has the focus, with whether that can be seen, and its place in the page. */
  focused: `(() => {
    const one = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const { left, right, width } = one.getBoundingClientRect();
    return {
      name: one.textContent.trim(),
      tag: one.tagName.toLowerCase(),
      table: one.closest('table')?.className,
      place: [...document.querySelectorAll('*')].indexOf(one),
      seen: outlineStyle !== 'none' && outlineWidth !== '0px' && left >= 0 && right <= innerWidth && width > 0,
    };
  })()`,
  colours: '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
} as const;

interface Focus {
  readonly name: string;
  readonly tag: string;
  readonly table?: string;
  readonly place: number;
  readonly seen: boolean;
}

type Judged = Readonly<
  Record<'violations' | 'incomplete' | 'passes', readonly { id: string; nodes: { html: string }[] }[]>
>;

describe.each([1120, 360])('at a width of %d', (width) => {
  test.each(['light', 'dark'] as const)('axe finds nothing in the %s scheme, with all open', async (scheme) => {
    const page = await show(width, scheme);
    await page.evaluate(inPage.openAll);
    await page.evaluate(axe);
    // A scheme changes colours alone.
    const options = scheme === 'light' ? {} : { runOnly: ['color-contrast'] };
    const { violations, incomplete, passes }: Judged = await page.evaluate(`axe.run(${JSON.stringify(options)})`);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    // axe does not know what lies below text in a drawing; test/unit/watch/page/style.test.ts does.
    const unsure = incomplete.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html]));
    expect(unsure.filter(([id, text = '']) => id !== 'color-contrast' || !text.startsWith('<text '))).toEqual([]);
    // It did look.
    const rules = ['color-contrast', ...(scheme === 'light' ? ['region', 'heading-order', 'svg-img-alt'] : [])];
    expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(rules));
  });

  test('nothing is wider than the page, also a name that is', async () => {
    const page = await show(width);
    await page.evaluate(inPage.openAll);
    expect(await page.evaluate(inPage.width)).toBe(width);
    expect(await page.evaluate(inPage.beyond)).toEqual([]);
  });

  test('a screen reader gets landmarks, headings, a table with its headers, and words for each figure', async () => {
    const page = await show(width);
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of [
      '- banner:',
      '- main:',
      '- contentinfo:',
      '- heading "3 of 7 sources need you" [level=1]',
      '- heading "All sources" [level=2]',
    ])
      expect(tree).toContain(part);
    expect(tree).toMatch(/- table "Each source with its newest proven backup/);
    expect(tree).toMatch(/- columnheader "Last proven"/);
    expect(tree).toMatch(/- row "crm\.prod database dump Proven 1 h of 36 h/);
    expect(tree).toMatch(/- img "\d+ proven[^"]*"/);
    expect(tree.match(/- img\s*$/gm)).toBeNull();
  });
});

test('it asks for nothing but itself, runs nothing, and the browser has no objection', async () => {
  const page = await show(1120);
  await page.evaluate(inPage.openAll);
  expect(asked).toEqual(['/status.html']);
  expect(trouble).toEqual([]);
  expect(await page.locator('script').count()).toBe(0);
  // The policy itself bites: what came in by a hole would not run.
  expect(await page.evaluate(inPage.script)).toBe(false);
  expect(trouble.join()).toContain('Content Security Policy');
});

const focused = (page: Page): Promise<Focus> => page.evaluate(inPage.focused);

describe('by keyboard alone', () => {
  test('the first stop is a link past everything to the table', async () => {
    const page = await show(1120);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatchObject({ name: 'Skip to all sources', tag: 'a', seen: true });
    await page.keyboard.press('Enter');
    // The key is answered before the page has moved.
    await page.waitForURL(({ hash }) => hash === '#sources');
    await page.keyboard.press('Tab');
    expect((await focused(page)).table).toBe('overview');
  });

  test('each stop can be seen, in the order of the page, and the last one is followed by none', async () => {
    const page = await show(360);
    const places: number[] = [];
    for (let stops = 0; stops < 200; stops += 1) {
      await page.keyboard.press('Tab');
      const one = await focused(page);
      if (one.tag === 'body') break;
      expect(one).toMatchObject({ seen: true });
      places.push(one.place);
    }
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const links = await page.locator('a[href]:visible, summary, pre').count();
    expect(places).toHaveLength(links);
  });

  test('Enter on a name in the table leads to its details, which Enter opens and closes', async () => {
    const page = await show(1120);
    const link = page.locator('table.overview a', { hasText: 'crm.prod' });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const details = page.locator('details', { has: page.locator('h3', { hasText: 'crm.prod' }) });
    expect((await focused(page)).tag).toBe('summary');
    const isOpen = (): Promise<boolean> => details.evaluate((one) => one.hasAttribute('open'));
    expect(await isOpen()).toBe(false);
    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(true);
    expect(await details.locator('.year').isVisible()).toBe(true);
    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(false);
  });
});

test('what is closed on the screen is printed, black on white', async () => {
  const page = await show(1120, 'dark');
  const closed = page.locator('details:not([open]) .year').first();
  expect(await closed.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await closed.isVisible()).toBe(true);
  expect(await page.evaluate(inPage.colours)).toEqual(['rgb(28, 33, 39)', 'rgb(255, 255, 255)']);
});
