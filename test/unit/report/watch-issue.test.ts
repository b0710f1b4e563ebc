/** The issues of the watchdog: told once, kept up to date without a word, closed when it is over. */
import { expect, test } from '@jest/globals';
import type { SourceTrouble, WatchedRow, WatchReport } from '../../../src/domain/watching.ts';
import { renderSeries } from '../../../src/report/render/datadog.ts';
import type { ExistingIssue } from '../../../src/report/render/issue.ts';
import { renderSlack } from '../../../src/report/render/slack.ts';
import { renderSummary } from '../../../src/report/render/summary.ts';
import { decideWatchIssues } from '../../../src/report/render/watch-issue.ts';
import type { Report } from '../../../src/report/report.ts';
import { base } from './samples.ts';

const links = { runUrl: 'https://github.com/run/1', runbookUrl: 'https://example.com/runbook.md' };
const row = (more: Partial<WatchedRow> = {}): WatchedRow => ({
  key: 'database-dump orders',
  source: 'orders',
  kind: 'database-dump',
  state: 'failed',
  newest: '2026-11-19T03:00:00.000Z',
  target: 'within 12h',
  why: 'no backup of orders',
  ...more,
});
const trouble: SourceTrouble = {
  key: 'database-dump orders',
  source: 'orders',
  failure: 'missing',
  since: '2026-11-20T03:17:00.000Z',
  what: 'no backup of orders',
};
const report = (more: Partial<WatchReport> = {}): WatchReport => ({
  rows: [row()],
  troubles: [trouble],
  problems: [],
  unread: [],
  ...more,
});

/** The issue that a first look opens. */
function opened(more: Partial<ExistingIssue> = {}): ExistingIssue {
  const [first] = decideWatchIssues([], report(), links);
  if (first?.decision.kind !== 'create') throw new Error('no issue is opened');
  return { number: 7, state: 'open', body: first.decision.body, ...more };
}
const kinds = (existing: readonly ExistingIssue[], more: Partial<WatchReport> = {}) =>
  decideWatchIssues(existing, report(more), links).map(({ decision, tells }) => [decision.kind, tells !== undefined]);

test('a trouble is told once', () => {
  const [first] = decideWatchIssues([], report(), links);
  expect(first).toMatchObject({ tells: trouble, decision: { kind: 'create', title: 'Backup of orders is missing' } });
  expect(kinds([opened()])).toEqual([['none', false]]);
  expect(kinds([opened({ body: opened().body.replaceAll('\n', '\r\n') })])).toEqual([['none', false]]);
  expect(kinds([opened()], { troubles: [{ ...trouble, what: 'something else' }] })).toEqual([['update', false]]);
});

test('the issue is closed when it is over, and opened again when it comes back', () => {
  const over = { rows: [row({ state: 'good' })], troubles: [] };
  expect(decideWatchIssues([opened()], report(over), links)).toEqual([
    { decision: { kind: 'close', numbers: [7], comment: expect.stringContaining('2026-11-19 03:00:00 UTC') } },
  ]);
  expect(kinds([opened({ state: 'closed' })], over)).toEqual([]);
  expect(kinds([opened({ state: 'closed' })])).toEqual([['reopen', true]]);
});

test('nothing is closed while nobody can say whether it is over, and an issue of nobody is', () => {
  expect(kinds([opened()], { rows: [row({ state: 'unknown' })], troubles: [] })).toEqual([]);
  expect(decideWatchIssues([opened()], report({ rows: [], troubles: [] }), links)).toEqual([
    {
      decision: expect.objectContaining({
        kind: 'close',
        comment: expect.stringContaining('promises this backup any more'),
      }),
    },
  ]);
});

test('each failure of a source, and each kind with the same name, has an issue of its own', () => {
  const troubles = [trouble, { ...trouble, failure: 'too-old' }, { ...trouble, key: 'rotation-snapshot i-1' }];
  expect(kinds([opened()], { troubles }).map(([kind]) => kind)).toEqual(['none', 'create', 'create']);
});

test('issues of others are left alone, and a quoted marker makes no issue another one', () => {
  const foreign = { number: 3, state: 'open' as const, body: '<!-- holdfast:source=orders failure=backup -->\n' };
  expect(kinds([foreign, opened()])).toEqual([['none', false]]);
  const [first] = decideWatchIssues(
    [],
    report({ troubles: [{ ...trouble, what: '<!-- holdfast:source=x failure=missing -->' }] }),
    links,
  );
  expect(first?.decision.kind === 'create' && first.decision.body.match(/<!-- holdfast:/g)).toHaveLength(1);
});

const whole = (watch: WatchReport, more: Partial<Report> = {}): Report => ({
  ...base,
  ...more,
  action: 'watchdog',
  outcome: 'done',
  watch,
});

test('the summary has a table of all sources, the worst first, and what is to be corrected', () => {
  const text = renderSummary(
    whole(
      report({
        rows: [row({ source: 'crm', state: 'good', why: '' }), row()],
        problems: ['the tag holdfast:rpo=soon cannot be understood'],
        unread: ['snapshots in eu-west-1: denied'],
      }),
    ),
  );
  expect(text).toContain('1 source of 2 has no backup as promised');
  expect(text.indexOf('orders (database-dump)')).toBeLessThan(text.indexOf('crm (database-dump)'));
  expect(text).toContain('holdfast:rpo=soon');
  expect(text).toContain('snapshots in eu-west-1: denied');
});

test('Slack hears what is told first, and nothing of what lasts', () => {
  expect(renderSlack(whole(report({ told: [] })))).toBeUndefined();
  expect(JSON.stringify(renderSlack(whole(report({ told: [trouble] }))))).toContain('• no backup of orders');
});

test('Datadog gets the age of each source, and of one that could not be read no verdict', () => {
  const endedAt = '2026-11-20T03:00:00.000Z';
  const of = (watch: WatchReport) =>
    renderSeries(whole(watch, { endedAt })).map(({ metric, points }) => [metric, points[0]?.value]);
  expect(of(report())).toEqual([
    ['holdfast_backup_age_seconds', 86_400],
    ['holdfast_backup_missing', 1],
  ]);
  expect(of(report({ rows: [row({ state: 'unknown' })], troubles: [] }))).toEqual([
    ['holdfast_backup_age_seconds', 86_400],
  ]);
});

test('targets that cannot be understood have one issue, which says nothing of a backup', () => {
  const fault: SourceTrouble = { key: 'targets', source: 'targets', failure: 'to-correct', what: 'targets is no JSON' };
  const [first] = decideWatchIssues([], report({ troubles: [fault] }), links);
  if (first?.decision.kind !== 'create') throw new Error('no issue is opened');
  const { title, body } = first.decision;
  expect(title).toBe('The watchdog cannot understand targets');
  expect(body).not.toMatch(/Since|backup has come/);
  const existing = { number: 8, state: 'open' as const, body };
  expect(kinds([existing], { troubles: [fault] })).toEqual([['none', false]]);
  expect(decideWatchIssues([existing], report({ troubles: [] }), links)).toMatchObject([
    { decision: { kind: 'close', comment: expect.stringContaining('it can be understood') } },
  ]);
});

test('an issue of what was never backed up is closed without the time of a backup', () => {
  const over = { rows: [row({ state: 'good', newest: undefined })], troubles: [] };
  expect(decideWatchIssues([opened()], report(over), links)).toMatchObject([
    { decision: { kind: 'close', comment: expect.stringContaining('Over: no backup of orders is due.') } },
  ]);
});

test('an issue of workflow files stays open while they cannot be read', () => {
  const fault: SourceTrouble = { key: 'workflow files', source: 'workflow files', failure: 'to-correct', what: 'x' };
  const [first] = decideWatchIssues([], report({ troubles: [fault] }), links);
  if (first?.decision.kind !== 'create') throw new Error('no issue is opened');
  const existing = { number: 8, state: 'open' as const, body: first.decision.body };
  expect(kinds([existing], { troubles: [], unjudged: ['workflow files'] })).toEqual([]);
  expect(kinds([existing], { troubles: [] })).toEqual([['close', false]]);
});
