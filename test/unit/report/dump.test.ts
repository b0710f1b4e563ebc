/** What a reader sees of a dump that is good, empty, unproven or bad. */
import { describe, expect, test } from '@jest/globals';
import type { DumpReceipt, DumpReport, ProofRow } from '../../../src/domain/dump.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { renderIssueBody } from '../../../src/report/render/issue-text.ts';
import { runbookSection } from '../../../src/report/render/runbook.ts';
import { renderSlack } from '../../../src/report/render/slack.ts';
import { renderSummary } from '../../../src/report/render/summary.ts';
import type { Report } from '../../../src/report/report.ts';

const run = {
  key: 'acme/backups/actions/runs/7',
  url: 'https://github.example/acme/backups/actions/runs/7',
  attempt: 1,
};
const refusal = 'the server refused INDEX public.by_name: function unaccent(text) does not exist (SQLSTATE 42883)';

function reportOf(
  verdict: Verdict,
  row: Partial<ProofRow>,
  more: Partial<DumpReport> = {},
  error?: Report['error'],
): Report {
  const takenAt = '2026-11-25T02:00:00.000Z';
  const proof: ProofRow = { kind: 'archive', verdict, restoreSeconds: 3, compared: 50, findings: [], ...row };
  const file = { kind: 'archive', bucket: 'b', key: 'db/shop.dump', size: 5000, sha256: 'ab'.repeat(32) } as const;
  const receipt: DumpReceipt = {
    format: 'holdfast-receipt/1',
    kind: 'database-dump',
    source: 'shop.prod',
    engine: 'postgres',
    state: 'taken',
    takenAt,
    run,
    database: 'shop',
    place: 'runner',
    versions: { holdfast: '1.0.0', server: '17.5', tools: '17.5' },
    fingerprint: { takenAt, seconds: 1, serverVersion: '17.5', tables: [], sequences: {}, extensions: {}, objects: {} },
    files: [file],
    bucket: 'b',
    timeline: [],
    verdict,
    proof: [proof],
    notes: [],
  };
  return {
    action: 'db-dump',
    source: 'shop.prod',
    outcome: verdict === 'good' ? 'done' : 'failed',
    run,
    startedAt: takenAt,
    endedAt: takenAt,
    plan: [],
    timeline: [],
    verdict,
    dump: { receipt, before: undefined, changes: [], warnings: [], ...more },
    error,
  };
}

test('good: where it was restored, and what differs although nothing is wrong, stand below', () => {
  const note = 'restored on a PostgreSQL 17.5 server of its own';
  const text = renderSummary(reportOf('good', { notes: [note] }));
  expect(text).toContain('The dump of shop.prod is good: restored and compared');
  expect(text).toContain(`- archive: ${note}`);
});

test('empty: the headline says so, and the warning stands above everything else', () => {
  const warning = 'the database shop is empty: it has no tables';
  const report = reportOf('good', {}, { empty: 'no tables', warnings: [warning] });
  expect(renderSummary(report)).toMatch(
    /## ⚠️ .* is good, and empty \(no tables\).*, with 1 warning\n\n> \[!WARNING\]\n> - the database shop is empty/,
  );
  expect(JSON.stringify(renderSlack(report))).toContain(warning);
});

describe('unproven', () => {
  const error = {
    what: `the archive file is proven only as far as …: ${refusal}`,
    fix: 'name the schema',
    code: 'restore-refused',
  };
  const findings = [refusal, '49 of 50 figures are the same'];
  const report = reportOf('unproven', { findings, refused: 1 }, {}, error);

  test('tells why the server said no, what is the same, and what to do', () => {
    const text = renderSummary(report);
    expect(text).toContain('unproven: the server refused parts of it');
    expect(text).toContain('function unaccent(text) does not exist (SQLSTATE 42883)');
    expect(text).toContain('49 of 50 figures are the same');
    expect(text).toContain('**Fix:** name the schema');
    expect(runbookSection(report)).toBe('a-restore-is-refused');
    expect(runbookSection({ ...report, error: { what: 'x', code: 'dump-unproven' } })).toBe('the-dump-is-unproven');
  });

  test('so do issue and Slack', () => {
    for (const text of [renderIssueBody(report, [], ''), JSON.stringify(renderSlack(report))]) {
      expect(text).toContain('function unaccent');
      expect(text).toContain('name the schema');
    }
  });
});

test.each([
  [50, 'the archive file was restored and found wrong'],
  [0, 'the archive file cannot be read'],
])('bad, with %i figures compared: %s', (compared, headline) => {
  expect(renderSummary(reportOf('bad', { compared, findings: ['rows of a: expected 5, found 4'] }))).toContain(
    headline,
  );
});

test('the summary says what somebody said of the dump, and what its data belongs to', () => {
  const plain = reportOf('good', {});
  expect(renderSummary(plain)).not.toMatch(/Pinned|Label|Commit|Application/);
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const receipt = {
    ...plain.dump?.receipt,
    keepForever: true,
    label: 'before-2.0',
    applicationVersion: '1.9.3',
    commit,
  };
  const summary = renderSummary({ ...plain, dump: { ...plain.dump, receipt } as DumpReport });
  for (const [name, value] of [
    ['Pinned', 'kept for ever: retention never deletes it'],
    ['Label', 'before-2\\.0'],
    ['Application', '1\\.9\\.3'],
    ['Commit', commit],
  ])
    expect(summary).toMatch(new RegExp(`\\| ${name} +\\| ${value}`));
});
