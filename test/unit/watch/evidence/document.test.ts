import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bundleOf } from '../../../../src/watch/evidence/bundle.ts';
import { document, evidenceSchema } from '../../../../src/watch/evidence/document.ts';
import { evidenceOf } from '../../../../src/watch/evidence/evidence.ts';
import { renderEvidence } from '../../../../src/watch/evidence/render/html.ts';
import { promised, schedule } from '../watchdog/given.ts';
import { evidenceBackup, input } from './given.ts';

const run = { key: 'acme/backups/actions/runs/7', url: 'https://github.example/acme/backups/actions/runs/7' };
const proof = { at: '2026-01-05T04:00:00.000Z', verdict: 'good', run, recoverySeconds: 41 } as const;
const hostile = `</title><script>alert(1)</script>" onload='x' &lt;`;

const full = () =>
  evidenceOf(
    input({
      backups: [
        evidenceBackup('2026-01-05T03:20:00Z', {
          source: hostile,
          bytes: 5_000_000,
          label: hostile,
          commit: 'c0ffee',
          proofs: [{ ...proof, at: '2026-01-06T04:00:00.000Z', verdict: 'bad', findings: [hostile] }, proof],
          verdict: 'bad',
          compared: [{ what: hostile, verdict: 'bad', compared: 12 }],
          runUrl: `javascript:${hostile}`,
        }),
        evidenceBackup('2026-01-04T03:20:00Z', { source: hostile, kept: false, deletedAt: '2026-01-20T00:00:00.000Z' }),
        evidenceBackup('2026-01-05T03:20:00Z', {
          source: hostile,
          region: 'eu-west-1',
          copyOf: { region: 'us-east-1', id: 'x' },
        }),
      ],
      promises: {
        [hostile]: [
          promised({
            source: hostile,
            schedules: [schedule('17 3 * * *', { workflow: hostile })],
            targets: { allowanceSeconds: 43_200, rpoSeconds: 93_600, rtoSeconds: 30 },
          }),
        ],
      },
      records: [
        {
          repository: hostile,
          retention: [{ workflow: hostile, place: hostile, setting: 'keep', value: hostile }],
          changes: [
            {
              workflow: hostile,
              place: hostile,
              setting: 'keep',
              before: '30',
              after: hostile,
              at: '2026-01-10T00:00:00.000Z',
              author: hostile,
              commit: hostile,
              url: `javascript:${hostile}`,
            },
          ],
          runs: [{ workflow: hostile, total: 31, succeeded: 2, failed: 1 }],
          unread: [hostile],
        },
      ],
      unread: [{ what: hostile, reason: hostile, hides: [] }],
      runUrl: run.url,
    }),
  );

describe('the document', () => {
  test('is as its schema says, and says where each backup is known from', () => {
    const evidence = full();
    expect(document.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
    const [source] = evidence.sources;
    expect(source).toMatchObject({
      runs: { promised: 31, made: 2, recorded: 0, missed: 26, unknown: 3, notDue: 0 },
      proofs: { good: 1, bad: 1, unproven: 0 },
      restoreTimes: { measured: 1, median: 41, target: 30, beyondTarget: 1 },
      copies: [{ region: 'eu-west-1', backups: 1 }],
    });
    expect(source?.backups.map(({ basis, kept, deletedAt }) => [basis, kept, deletedAt])).toEqual([
      ['receipts', true, undefined],
      ['receipts', false, '2026-01-20T00:00:00.000Z'],
    ]);
    expect(evidenceSchema()).toEqual(JSON.parse(readFileSync('docs/evidence.schema.json', 'utf8')));
  });

  test('of an instance that was renamed is one source with both names; of a dump that was renamed, two without a false gap', () => {
    const rotation = { kind: 'rotation-snapshot', instanceId: 'i-1', receiptKey: undefined } as const;
    const { sources } = evidenceOf(
      input({
        backups: [
          evidenceBackup('2026-01-20T03:20:00Z', { ...rotation, source: 'web-new' }),
          evidenceBackup('2026-01-10T03:20:00Z', { ...rotation, source: 'web-old' }),
          evidenceBackup('2026-01-14T03:20:00Z', { source: 'old-name' }),
          evidenceBackup('2026-01-31T03:20:00Z', { source: 'new-name' }),
        ],
        promises: {
          'acme/backups': [
            promised({ ...rotation, source: 'web-new', schedules: [] }),
            promised({
              source: 'new-name',
              schedules: [schedule('17 3 * * *', { since: '2026-01-31T00:00:00.000Z' })],
              since: '2026-01-31T00:00:00.000Z',
            }),
          ],
        },
      }),
    );
    expect(sources.map(({ source, names, promised: is, gaps }) => [source, names, is, gaps])).toEqual([
      ['new-name', [], true, []],
      ['old-name', [], false, []],
      ['web-new', ['web-old'], true, []],
    ]);
    expect(sources[1]?.notKnown.join()).toContain('Nobody promises it today');
    expect(sources[0]?.notKnown.join()).toContain('read first on 2026-01-31');
  });

  test('takes no run for missed whose backups could not be read, and says so', () => {
    const unread = [{ what: 'receipts of acme-receipts', reason: 'AccessDenied', hides: ['database-dump'] as const }];
    const { sources } = evidenceOf(input({ promises: { 'acme/backups': [promised()] }, unread }));
    expect(sources[0]).toMatchObject({ runs: { promised: 31, missed: 0, unknown: 31 }, gaps: [] });
    expect(sources[0]?.notKnown.join()).toContain('receipts of acme-receipts could not be read: AccessDenied');
    const never = evidenceOf(input({ promises: { 'acme/backups': [promised()] } }));
    expect(never.sources[0]?.gaps).toMatchObject([{ from: '2026-01-01T03:17:00.000Z', open: true, missedRuns: 31 }]);
  });

  test('ends a gap at the next backup that is known, and leaves its end open where nobody knows', () => {
    const codes = `${'p'.repeat(9)}mm${'u'.repeat(9)}`;
    const none = Array.from(codes, () => null);
    const days = { from: '2026-01-01', codes, bytes: none, recovery: none, pause: none };
    const history = {
      format: 'holdfast-history/1',
      recordedAt: '2026-01-20T00:00:00Z',
      timeZone: 'UTC',
      sources: { 'database-dump orders': days },
    } as const;
    const backups = [evidenceBackup('2026-01-31T03:20:00Z')];
    const { sources } = evidenceOf(input({ promises: { 'acme/backups': [promised()] }, history, backups }));
    expect(sources[0]?.gaps).toEqual([{ from: '2026-01-10T03:17:00.000Z', open: false, missedRuns: 2 }]);
    expect(sources[0]?.runs).toMatchObject({ made: 1, recorded: 9, missed: 2, unknown: 19 });
  });
});

describe('the page', () => {
  const text = renderEvidence(full());

  test('lets no text from outside become markup or an address', () => {
    expect(text).not.toMatch(/<script|onload='|javascript:[^&]*"/);
    expect(text).not.toContain('href="javascript');
    expect(text.split('</title>')).toHaveLength(2);
    expect(text).toContain('&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('has what an auditor asks for, and loads nothing', () => {
    for (const words of ['ISO/IEC 27001:2022', 'Annex A 8.13', 'Who changed retention', 'Gaps', 'What is not known'])
      expect(text).toContain(words);
    expect(text).not.toMatch(/<(link|img|iframe|script)|url\(|@import/);
  });
});

test('the manifest has the SHA-256 of both files, which are the same for the same evidence', () => {
  const files = bundleOf(full());
  expect(bundleOf(full())).toEqual(files);
  const text = Object.fromEntries(files.map((one) => [one.name, one.text]));
  const manifest = JSON.parse(text['manifest.json'] ?? '') as {
    files: { name: string; bytes: number; sha256: string }[];
  };
  expect(manifest.files.map(({ name }) => name)).toEqual(['evidence.html', 'evidence.json']);
  const sums = (text.SHA256SUMS ?? '').trim().split('\n');
  expect(sums.map((line) => line.slice(66))).toEqual(['evidence.html', 'evidence.json', 'manifest.json']);
  for (const { name, bytes, sha256 } of manifest.files) {
    expect(sums).toContain(`${sha256}  ${name}`);
    expect(
      createHash('sha256')
        .update(text[name] ?? '')
        .digest('hex'),
    ).toBe(sha256);
    expect(Buffer.byteLength(text[name] ?? '')).toBe(bytes);
  }
});
