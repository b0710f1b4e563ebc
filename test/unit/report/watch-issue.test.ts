/** The issues of the watchdog: told once, kept up to date without a word, closed when it is over. */
import { describe, expect, test } from '@jest/globals';
import {
  inOne,
  isFailing,
  type SourceTrouble,
  type TroublePart,
  type WatchedRow,
  type WatchReport,
} from '../../../src/domain/watching.ts';
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

describe('an issue of a source with several parts', () => {
  const part = (name: string, more: Partial<TroublePart> = {}): TroublePart => ({
    ...{ id: name, name, isUnknown: false, newest: '2026-11-19T03:00:00.000Z' },
    ...more,
  });
  const missing = (name: string): TroublePart =>
    part(name, { failure: { since: '2026-11-20T03:17:00.000Z', what: `no backup of ${name}` } });
  const of = (...parts: readonly TroublePart[]): Partial<WatchReport> => ({
    troubles: [{ ...trouble, source: 'srv', what: '', ...inOne(parts.filter(isFailing)), parts }],
  });
  const issueAfter = (existing: ExistingIssue | undefined, ...parts: readonly TroublePart[]) => {
    const [first] = decideWatchIssues(existing === undefined ? [] : [existing], report(of(...parts)), links);
    const { decision } = first ?? {};
    const body = decision !== undefined && 'body' in decision ? decision.body : (existing?.body ?? '');
    const comment = decision !== undefined && 'comment' in decision ? (decision.comment ?? '') : '';
    return {
      issue: { number: 7, state: 'open' as const, body },
      kind: decision?.kind,
      comment,
      tells: first?.tells?.what,
    };
  };

  test('has a comment for each part that joins, and for each that came back, and Slack hears what joins', () => {
    const first = issueAfter(undefined, missing('srv/wiki'), part('srv/orders'));
    expect([first.kind, first.tells]).toEqual(['create', 'no backup of srv/wiki']);
    expect(issueAfter(first.issue, missing('srv/wiki'), part('srv/orders'))).toMatchObject({ kind: 'none' });
    const second = issueAfter(first.issue, missing('srv/wiki'), missing('srv/orders'));
    expect(second).toMatchObject({ kind: 'update', tells: 'no backup of srv/orders' });
    expect(second.comment).toMatch(/^⚠️ Also: no backup of srv\/orders\.\n\n\[Run\]/);
    const crlf = { ...second.issue, body: second.issue.body.replaceAll('\n', '\r\n') };
    expect(issueAfter(crlf, missing('srv/wiki'), missing('srv/orders'))).toMatchObject({ kind: 'none' });
    const third = issueAfter(second.issue, part('srv/wiki'), missing('srv/orders'));
    expect(third).toMatchObject({ kind: 'update', tells: undefined });
    expect(third.comment).toMatch(
      /^✅ Over: srv\/wiki \(its newest backup is of 2026-11-19 03:00:00 UTC\)\.\n\nNot over: srv\/orders\.\n\n/,
    );
    expect(issueAfter(third.issue, part('srv/wiki'), missing('srv/orders'))).toMatchObject({ kind: 'none' });
  });

  test('says nothing of a part that nobody can judge, and of one that is gone that nobody promises it', () => {
    const { issue } = issueAfter(undefined, missing('srv/wiki'), missing('srv/orders'));
    const unsure = issueAfter(issue, part('srv/wiki', { isUnknown: true }), missing('srv/orders'));
    expect([unsure.comment, unsure.tells]).toEqual(['', undefined]);
    // It failed before, and so it joins nothing.
    expect(issueAfter(unsure.issue, missing('srv/wiki'), missing('srv/orders')).comment).toBe('');
    expect(issueAfter(issue, missing('srv/orders')).comment).toContain('nobody promises 1 part of it any more');
  });

  test('that an earlier version opened tells its parts once', () => {
    const { issue } = issueAfter(undefined, missing('srv/wiki'), part('srv/orders'));
    const earlier = { ...issue, body: issue.body.replace(/^<!-- holdfast:failing=.*\n/m, '') };
    expect(earlier.body).not.toBe(issue.body);
    const first = issueAfter(earlier, missing('srv/wiki'), missing('srv/orders'));
    expect(first.comment).toContain('Also: no backup of srv/orders; the same of srv/wiki.');
    expect(issueAfter(first.issue, missing('srv/wiki'), missing('srv/orders'))).toMatchObject({ kind: 'none' });
  });

  test('fits into a body, however many there are, and is not told again each hour', () => {
    const many = Array.from({ length: 4000 }, (_one, at) => missing(`srv/${'x'.repeat(60)}${at}`));
    const { issue } = issueAfter(undefined, ...many);
    expect(issue.body.length).toBeLessThan(65_536);
    expect(issueAfter(issue, ...many)).toMatchObject({ kind: 'none' });
  });
});
