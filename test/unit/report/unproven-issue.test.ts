/** The issue of what nobody proves: opened once, kept up to date without a word, and closed by a host or by whoever accepts it. */
import { expect, test } from '@jest/globals';
import type { PatrolReport, UnprovenReport } from '../../../src/domain/backup.ts';
import type { ExistingIssue } from '../../../src/report/render/issue.ts';
import { decideUnprovenIssue } from '../../../src/report/render/unproven-issue.ts';

const links = { runUrl: 'https://github.test/1', runbookUrl: 'https://github.test/runbook.md' };
const oldest = { source: 'web', id: 'snap-1', region: 'us-east-1', since: '2024-11-01T04:00:00Z', proven: false };
const unproven: UnprovenReport = {
  account: 'receipts',
  parts: [{ reason: 'snapshots of the rotation in us-east-1 need a verification host there', count: 3 }],
  regions: ['us-east-1'],
  accepted: 0,
  oldest,
};
const nothing: UnprovenReport = { account: 'receipts', parts: [], regions: [], accepted: 0 };

const decide = (
  existing: readonly ExistingIssue[],
  now: UnprovenReport = unproven,
  more: Partial<PatrolReport> = {},
) => {
  const figures = { kept: 5, chosen: 1, overdue: 0, altered: 0, unprovable: 3, unprovableOld: 0, unread: 0 };
  const times = { oldestDays: 3, days: 90, neededSeconds: 0, budgetSeconds: 3600 };
  return decideUnprovenIssue(existing, { ...figures, ...times, ...more, unproven: now }, links);
};

/** What is open after the first run. */
function opened(): ExistingIssue {
  const decision = decide([]);
  if (decision.kind !== 'create') throw new Error(decision.kind);
  return { number: 7, state: 'open', body: decision.body.replaceAll('\n', '\r\n') };
}

test('is opened with how many, the oldest, why, and both ways to end it', () => {
  const decision = decide([{ ...opened(), body: opened().body.replace('receipts', 'another-account') }]);
  expect(decision).toMatchObject({ kind: 'create', title: 'Snapshots and copies are proven by nobody' });
  const { body } = decision as { body: string };
  for (const words of [
    'Nobody proves 3 of 5 kept backups',
    'snap-1 of web in us-east-1: it was never proven, and is of 2024-11-01 04:00:00 UTC',
    '3: snapshots of the rotation in us-east-1 need a verification host there',
    '`{ "us-east-1": "verify" }`',
    '`HOLDFAST_ACCEPT_UNPROVEN`',
    'runbook.md#snapshots-and-copies-are-proven-by-nobody',
  ])
    expect(body).toContain(words);
});

test('is left alone while nothing changed, changed without a word with the numbers, and commented on with a new reason', () => {
  expect(decide([opened()])).toMatchObject({ kind: 'none' });
  const more = { ...unproven, parts: unproven.parts.map((part) => ({ ...part, count: 4 })) };
  const updated = decide([opened()], more);
  expect(updated).toMatchObject({
    kind: 'update',
    number: 7,
    body: expect.stringContaining('proves 4 of 5') as unknown,
  });
  expect(updated).not.toHaveProperty('comment');
  const further = { ...unproven, parts: [...unproven.parts, { reason: 'copies in eu-west-1 need a host', count: 1 }] };
  expect(decide([opened()], further)).toMatchObject({
    kind: 'update',
    comment: expect.stringMatching(/New:\n\n- 1: copies in eu-west-1 need a host\n\n\[Run]/) as unknown,
  });
});

test('is closed when a host is named or all is accepted, not while something is unread, and opened again', () => {
  expect(decide([opened()], nothing)).toMatchObject({ kind: 'close', numbers: [7] });
  expect(decide([opened()], { ...nothing, accepted: 3 })).toMatchObject({
    comment: expect.stringContaining('accepted as unproven (3 backups)') as unknown,
  });
  expect(decide([opened()], nothing, { unread: 1 })).toMatchObject({ kind: 'none' });
  expect(decide([{ ...opened(), state: 'closed' }], nothing)).toMatchObject({ kind: 'none' });
  expect(decide([{ ...opened(), state: 'closed' }])).toMatchObject({ kind: 'reopen', number: 7 });
});
