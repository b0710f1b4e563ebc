import { describe, expect, test } from '@jest/globals';
import type { RotationPart, RotationReport } from '../../../src/domain/rotation.ts';
import { renderSeries } from '../../../src/report/render/datadog.ts';
import { decideIssue, type ExistingIssue } from '../../../src/report/render/issue.ts';
import { runbookSection } from '../../../src/report/render/runbook.ts';
import { renderSlack } from '../../../src/report/render/slack.ts';
import { renderSummary, summaryLimit } from '../../../src/report/render/summary.ts';
import type { Report } from '../../../src/report/report.ts';

const rotation: RotationReport = {
  region: 'us-east-1',
  slot: '2026-11-21',
  today: '2026-11-21',
  ran: ['create', 'copy', 'expire'],
  failed: [],
  created: [
    {
      instance: 'i-1 (web | <b>)',
      volumes: 2,
      snapshotIds: ['snap-1', 'snap-2'],
      consistency: 'freeze',
      pauseSeconds: 0.3,
      deleteOn: '2026-11-28',
      notes: [],
    },
  ],
  skipped: [{ reason: 'the slot 2026-11-21 is taken already', count: 3, examples: ['i-2'] }],
  copied: [{ source: 'snap-0', destination: 'eu-west-1', id: 'snap-9' }],
  waiting: [{ destination: 'eu-west-1', reason: 'the snapshot is not completed yet', count: 2 }],
  retagged: 1,
  expired: [{ id: 'snap-7', volumeId: 'vol-1', reason: 'was due on 2026-11-20' }],
  kept: [{ reason: 'locked', count: 1, examples: ['snap-8 (governance)'] }],
  problems: [],
  failures: [],
  cost: { snapshots: 12, volumes: 4, lowGiB: 120, highGiB: 480, price: 0.05 },
  comparison: undefined,
};

function report(more: Partial<Report> = {}, changed: Partial<RotationReport> = {}): Report {
  return {
    action: 'ebs-rotate',
    source: 'EBS snapshots in us-east-1',
    outcome: 'done',
    run: { key: 'acme/backups/actions/runs/1', url: 'https://github.com/acme/backups/actions/runs/1', attempt: 1 },
    startedAt: '2026-11-21T02:00:00Z',
    endedAt: '2026-11-21T02:05:00Z',
    plan: [],
    timeline: [],
    rotation: { ...rotation, ...changed },
    ...more,
  };
}

function failing(parts: readonly RotationPart[], run = '2', ran: readonly RotationPart[] = rotation.ran): Report {
  return report(
    {
      outcome: 'failed',
      run: { key: `acme/backups/actions/runs/${run}`, url: 'https://github.com/x', attempt: 1 },
      error: { what: 'copy snap-0 to eu-west-1 failed' },
    },
    { failed: parts, ran, failures: [{ resource: 'copy snap-0 to eu-west-1', what: 'no key' }] },
  );
}

describe('the summary', () => {
  const text = renderSummary(report());
  test('says what was created, copied, expired, left, kept and why, and what it costs', () => {
    for (const words of [
      '2 created, 1 copied, 1 expired',
      '`snap-1` `snap-2`',
      'eu-west-1',
      'the snapshot is not completed yet',
      'was due on 2026-11-20',
      '`snap-8 (governance)`',
      'is taken already',
      'from 120 GiB ($6.00 a month)',
      '480 GiB ($24.00 a month)',
    ])
      expect(text).toContain(words);
  });
  test('text in a tag is not markup', () => {
    expect(text).toContain('web &#124; &lt;b&gt;');
  });
  test('what needs a person comes first', () => {
    const red = renderSummary(failing(['copy']));
    expect(red.indexOf('Needs attention')).toBeGreaterThan(0);
    expect(red.indexOf('Needs attention')).toBeLessThan(red.indexOf('### Created'));
  });
  test('fits, whatever there is', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({
      id: `snap-${index}`,
      volumeId: 'vol-1',
      reason: 'x'.repeat(500),
    }));
    const long = renderSummary(
      report({}, { expired: many, failures: many.map((one) => ({ resource: one.id, what: one.reason })) }),
    );
    expect(Buffer.byteLength(long)).toBeLessThan(summaryLimit);
    expect(long).toContain('more snapshots not shown');
  });
  test('of a dry run and of a comparison', () => {
    expect(renderSummary(report({ outcome: 'dry-run' }))).toContain('dry run, nothing was changed');
    const row = {
      instance: 'i-1',
      before: '7',
      after: '14',
      deleteOnBefore: '2026-11-29',
      deleteOnAfter: '2026-12-06',
      heldBefore: 14,
      heldAfter: 28,
    };
    expect(renderSummary(report({ outcome: 'dry-run' }, { comparison: [row] }))).toContain(
      '14 snapshots before, 28 after (+14)',
    );
    expect(renderSummary(report({ outcome: 'dry-run' }, { comparison: [] }))).toContain(
      'no instance of this region uses the default',
    );
  });
});

describe('the issue of a region', () => {
  const left = (decision: ReturnType<typeof decideIssue>): ExistingIssue[] => {
    if (!('body' in decision)) throw new Error(`no issue after ${decision.kind}`);
    return [{ number: 1, state: 'open', body: decision.body }];
  };
  const first = decideIssue([], failing(['create', 'copy']));

  test('is opened by a failure and says what is wrong', () => {
    expect(first).toMatchObject({ kind: 'create', title: 'Rotation of the EBS snapshots in us-east-1 fails' });
    expect(first).toMatchObject({ body: expect.stringContaining('no key') });
  });
  test('is closed only when every part that failed has succeeded, also one by one', () => {
    const created = decideIssue(left(first), report({}, { ran: ['create'] }));
    expect(created).toMatchObject({ kind: 'update', number: 1 });
    expect(created).not.toHaveProperty('comment');
    expect(decideIssue(left(created), report({}, { ran: ['create', 'expire'] }))).toMatchObject({ kind: 'none' });
    expect(decideIssue(left(created), report({ outcome: 'nothing-to-do' }, { ran: ['copy'] }))).toMatchObject({
      kind: 'close',
    });
    expect(decideIssue(left(first), report())).toMatchObject({ kind: 'close', numbers: [1] });
  });
  test('a run that died early still reports what failed before', () => {
    const early = report({
      outcome: 'failed',
      error: { what: 'no credentials' },
      run: { key: 'r/3', url: 'x', attempt: 1 },
    });
    const next = decideIssue(left(first), { ...early, rotation: undefined });
    expect(decideIssue(left(next), report({}, { ran: ['expire'] }))).toMatchObject({ kind: 'none' });
  });
  test('a failure of another part adds to it', () => {
    const more = decideIssue(left(first), failing(['expire'], '3', ['expire']));
    expect(more).toMatchObject({ kind: 'update', comment: expect.any(String) });
    expect(decideIssue(left(more), report({}, { ran: ['create', 'copy'] }))).toMatchObject({ kind: 'update' });
  });
  test('of another region is left alone', () => {
    const other = { ...report(), source: 'EBS snapshots in eu-west-1' };
    expect(decideIssue(left(first), other)).toMatchObject({ kind: 'none' });
  });
});

test('the run book has a section for it', () => {
  expect(runbookSection(failing(['copy']))).toBe('the-rotation-fails');
  expect(runbookSection({ ...failing(['expire']), error: { what: 'x', code: 'mass-expiry' } })).toBe('mass-expiry');
});

test('gauges are sent by every run, a message only by one that failed', () => {
  const values = Object.fromEntries(
    renderSeries(report({ outcome: 'nothing-to-do' })).map((one) => [one.metric, one.points[0]?.value]),
  );
  expect(values).toEqual({
    ebs_rotate_created: 2,
    ebs_rotate_copied: 1,
    ebs_rotate_expired: 1,
    ebs_rotate_kept: 12,
    ebs_rotate_troubles: 0,
  });
  expect(renderSeries(report())[0]?.tags).toContain('region:us-east-1');
  expect(renderSlack(report())).toBeUndefined();
  expect(renderSlack(failing(['copy']))?.text).toContain('needs attention');
});
