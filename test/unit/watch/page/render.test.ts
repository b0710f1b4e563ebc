import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleInput } from '../../../../scripts/status/example.ts';
import { exampleSources, manySources } from '../../../../scripts/status/example-sources.ts';
import { picturedHash, picturedHashFile } from '../../../../scripts/status/pictured.ts';
import type { PageInput } from '../../../../src/watch/page/model/input.ts';
import { pageModel } from '../../../../src/watch/page/model/model.ts';
import { html, link } from '../../../../src/watch/page/render/html.ts';
import { renderPage } from '../../../../src/watch/page/render/page.ts';
import { restoreCommand, runbookAnchors } from '../../../../src/watch/page/render/steps.ts';
import { ageWords, targetWords } from '../../../../src/watch/page/render/words.ts';
import { backup, input, promise, proofAt } from './samples.ts';

const rendered = (given: Partial<PageInput>): string => renderPage(pageModel(input(given)));

/** A page in which every text from outside is `text`. */
function foreign(text: string): string {
  const one = { source: text, kind: 'database-dump' as const };
  const proofs = [proofAt('2026-11-26T02:30:00Z', 'bad', { findings: [text] })];
  const other = { kind: 'rotation-snapshot' as const, source: text, instanceId: text, volumeId: text };
  return rendered({
    backups: [
      backup('2026-11-26T02:05:00Z', { ...one, verdict: 'bad', proofs, label: text, id: text, region: text }),
      backup('2026-11-25T02:05:00Z', { ...one, pinned: true }),
      backup('2026-11-25T02:05:00Z', { ...other, problem: text, proofs: [] }),
      backup('2026-11-25T02:05:00Z', { ...other, id: `${text} copy`, region: text, copyOf: { region: 'a', id: 'b' } }),
    ],
    promises: [promise(2, 400, { ...one, schedules: [text], workflow: text })],
    findings: [{ ...one, trouble: 'missing', text }],
    unread: [text],
    settings: { ...input().settings, title: text, receiptBucket: text, writtenBy: text },
  });
}

/** The elements and the names of their attributes, in order. */
function structure(page: string): readonly string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/="[^"]*"/g, ''));
}

describe('text from outside', () => {
  test.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    '</title></style></head><body onload=alert(1)>',
    '&lt;b&gt;&amp;&#60;',
    '\u001b[31mred\u202e<b>',
    '<!-- --> ]]>',
    'a\nb\tc',
    ' ',
  ])('%j makes no markup', (text) => {
    expect(structure(foreign(text))).toEqual(structure(foreign('plain')));
  });

  test('any text makes no markup', () => {
    const plain = structure(foreign('plain'));
    const text = fc.array(fc.constantFrom(...'<>"\'&/=! -abc\u202e\u0000\ud800'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, (letters) => {
        expect(structure(foreign(letters.join('')))).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  test('is shown as it is', () => {
    expect(foreign('<b>&"')).toContain('&lt;b&gt;&amp;&quot;');
    expect(html`${'a'}${1}${undefined}${false}${[html`<i>${'<'}</i>`, '>']}`.text).toBe('a1<i>&lt;</i>&gt;');
  });

  test('an address that nobody should follow is text alone', () => {
    expect(link('https://github.example/a?b=1&c=2', 'x').text).toBe(
      '<a href="https://github.example/a?b=1&amp;c=2">x</a>',
    );
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example',
      'https://a"b',
      'https://a b',
      '',
      undefined,
    ])
      expect(link(url, 'x').text).toBe('x');
  });

  test('in a command it is one word of a shell, and ends none', () => {
    const command = restoreCommand(backup('2026-11-26T02:05:00Z', { source: "it's; rm -rf $HOME" }), input().settings);
    expect(command).toBe(
      "npm run restore -- --source 'it'\\''s; rm -rf $HOME' --region us-east-1 --receipt-bucket acme-receipts --at 2026-11-26T02:05:00Z --to URL",
    );
  });
});

describe('the page', () => {
  test('loads nothing and runs nothing: its policy allows its own style sheet, and the sign in the tab', () => {
    const page = rendered({ backups: [backup('2026-11-27T02:05:00Z')], promises: [promise()] });
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    expect(page).not.toMatch(/<script|<iframe|<img|<form|\son\w+=|\sstyle=|@import|url\(/);
  });

  test('says at once when everything is proven', () => {
    const page = rendered({ backups: [backup('2026-11-27T02:05:00Z')], promises: [promise()] });
    expect(page).toContain('<title>Everything is proven: backups of acme/backups</title>');
    expect(page).not.toContain('What to do');
  });

  test('does not call a rotation proven that nobody restores', () => {
    const rotation = { kind: 'rotation-snapshot', source: 'web-1', instanceId: 'i-1' } as const;
    const taken = backup('2026-11-27T02:05:00Z', { ...rotation, verdict: 'unproven', proofs: [] });
    const page = rendered({
      backups: [taken, backup('2026-11-27T02:05:00Z')],
      promises: [promise(), promise(2, 400, rotation)],
    });
    expect(page).toContain('<h1 id="answer">Nothing is missing; 1 source of 2 is not proven</h1>');
  });

  test('does not call everything proven when something could not be read', () => {
    const page = rendered({
      backups: [backup('2026-11-27T02:05:00Z')],
      promises: [promise()],
      unread: ['eu-west-1: AccessDenied'],
    });
    expect(page).toContain('<h1 id="answer">Not everything could be read</h1>');
    expect(page).toContain('<li>eu-west-1: AccessDenied</li>');
  });

  test('says what is missing, how old the newest good one is, and what to do', () => {
    const page = rendered({
      backups: [backup('2026-11-25T02:05:00Z')],
      promises: [promise()],
      findings: [
        { source: 'shop.prod', kind: 'database-dump', trouble: 'missing', text: 'The run of Thursday made no backup.' },
      ],
    });
    expect(page).toContain('<h1 id="answer">1 of 1 source needs you</h1>');
    expect(page).toContain('The run of Thursday made no backup.');
    expect(page).toContain('<b>Newest proven backup: 48 h old</b>, of 25 Nov 2026, 02:05');
    expect(page).toContain('href="https://github.example/acme/backups/actions/workflows/postgres-backup.yml"');
    expect(page).toContain(`docs/runbook.md#${runbookAnchors.missing.dump}"`);
    expect(page).toContain('--at 2026-11-25T02:05:00Z --to URL');
  });

  test('writes times in its zone', () => {
    const settings = { ...input().settings, timeZone: 'Asia/Tokyo' };
    const page = rendered({ backups: [backup('2026-11-26T16:05:00Z')], promises: [promise()], settings });
    expect(page).toContain('Times are in Asia/Tokyo');
    expect(page).toContain('<dd>27 Nov 2026, 01:05</dd>');
  });

  test('says that a forecast needs five restores, and makes one from them', () => {
    const nights = (count: number) =>
      Array.from({ length: count }, (_, at) => backup(new Date(Date.UTC(2026, 10, 27 - at, 2, 5)).toISOString()));
    expect(rendered({ backups: nights(4), promises: [promise()] })).toContain(
      'no forecast: 4 of the 5 measured restores',
    );
    expect(rendered({ backups: nights(9), promises: [promise(2, 400, { rtoSeconds: 30 })] })).toContain(
      'would take about 1 min 00 s, by 9 measured restores; the target of 30 s may be missed',
    );
  });

  test('says how much of what is kept is proven, and how old the oldest proof is', () => {
    const again = backup('2026-10-01T02:05:00Z', {
      proofs: [proofAt('2026-11-20T09:30:00Z'), proofAt('2026-10-01T02:30:00Z')],
    });
    const backups = [
      backup('2026-11-26T02:05:00Z', { proofs: [], verdict: 'unproven' }),
      backup('2026-11-25T02:05:00Z'),
      again,
    ];
    expect(rendered({ backups, promises: [promise()] })).toContain(
      '<dd>2 of 3 kept are proven, the one longest ago at 20 Nov 2026, 09:30</dd>',
    );
  });

  test('gives each of several sources with like names an anchor of its own', () => {
    const page = rendered({ promises: ['a b', 'a-b', 'a.b', '§'].map((source) => promise(2, 1, { source })) });
    const ids = [...page.matchAll(/<details id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(page).toContain(`href="#${id}"`);
  });
});

describe('fifty sources and a year stay below 300 KB', () => {
  const now = new Date('2026-11-27T03:12:00Z');
  const mixed = exampleInput(now, manySources(50));
  const fifty = (name: string): PageInput => {
    const one = exampleSources.filter(({ source }) => source === name);
    return exampleInput(
      now,
      one.flatMap((each) => Array.from({ length: 50 }, (_, at) => ({ ...each, source: `${name}-${at}` }))),
    );
  };
  const text = (source: string) =>
    `no backup of ${source} since 2026-11-20 02:31:07 UTC: the run promised for 2026-11-26 02:23:00 UTC made none within 12h. Likely cause: GitHub disabled the workflow: the repository had no activity for 60 days. To mend it: gh workflow enable postgres-dump.yml.`;
  const missing = mixed.promises.map(({ source, kind, instanceId }) => ({
    ...{ source, kind, instanceId, trouble: 'missing' as const, text: text(source) },
  }));
  const finding =
    'table public.orders: 1204312 rows in the copy, 1204990 in the source; table public.items: checksum differs from that of the source';
  const allBad = mixed.backups.map((one) => ({
    ...one,
    verdict: 'bad' as const,
    proofs: one.proofs.map((proof) => ({ ...proof, verdict: 'bad' as const, findings: [finding] })),
  }));

  test.each([
    ['of each kind', mixed],
    ['all silent', fifty('billing.prod')],
    ['all with a bad newest backup', fifty('events.prod')],
    ['all missing', { ...mixed, findings: missing }],
    ['all that is kept bad', { ...mixed, backups: allBad }],
  ])('%s', (_, given) => {
    const model = pageModel(given);
    const page = renderPage(model);
    expect(page.match(/<details /g)).toHaveLength(50);
    // Each in trouble still says what there is to go back to, and how.
    const cards = page.match(/<li class="card .*?<\/li>(?=<li class="card|<\/ol>)/g) ?? [];
    expect(cards.filter((card) => !/<pre|There is no backup of it/.test(card))).toEqual([]);
    expect(cards.length).toBe(model.troubled.length);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  });
});

test('the pictures of the README are of the page as it is: npm run status-pictures', () => {
  expect(readFileSync(picturedHashFile, 'utf8')).toBe(picturedHash());
});

test('each section of the run book that the page links to exists', () => {
  const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  const anchors = Object.values(runbookAnchors).flatMap(({ dump, volume }) => [dump, volume]);
  expect(headings).toEqual(expect.arrayContaining([...new Set(anchors)]));
});

test('ages and targets are short', () => {
  expect([0, 59 * 60, 3600, 71 * 3600, 72 * 3600, 40 * 86_400].map(ageWords)).toEqual([
    '0 min',
    '59 min',
    '1 h',
    '71 h',
    '3 days',
    '40 days',
  ]);
  expect([30, 900, 3600, 5400, 93_600].map(targetWords)).toEqual(['30 s', '15 min', '1 h', '1 h 30 min', '26 h']);
});
