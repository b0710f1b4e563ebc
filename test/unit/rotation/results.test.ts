import { describe, expect, test } from '@jest/globals';
import type { Findings } from '../../../src/actions/ebs-rotate/ports.ts';
import { RotationResults } from '../../../src/actions/ebs-rotate/results.ts';
import { notResumed } from '../../../src/quiesce/hold.ts';
import { runbookSection } from '../../../src/report/render/runbook.ts';
import { AwsError, explain } from '../../../src/runtime/errors.ts';
import { taken } from '../report/samples.ts';

function results(notes: readonly string[] = []) {
  const findings: Partial<Findings> = {};
  const heading = { region: 'us-east-1', slot: '2026-11-21', today: '2026-11-21' };
  return { findings, all: new RotationResults(heading, notes, (more) => Object.assign(findings, more)) };
}

function thrownBy(work: () => void): ReturnType<typeof explain> | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

const denied = new AwsError({
  what: 'CopySnapshot is denied',
  operation: 'CopySnapshot',
  resource: 'snap-1',
  requestId: undefined,
  code: 'UnauthorizedOperation',
  kind: 'denied',
  outcome: 'not-done',
  fix: 'deploy the stack',
});

test('a note does not replace the notes of before the rotation', () => {
  const { findings, all } = results(['the dump of dump.yml failed']);
  all.note('nothing is deleted');
  expect(findings.notes).toEqual(['the dump of dump.yml failed', 'nothing is deleted']);
});

test('the plan is reported as it grows, and everything on request', () => {
  const { findings, all } = results();
  all.begin('create');
  all.addPlan([{ part: 'create', decision: 'snapshot i-1', reason: 'no snapshot yet' }]);
  expect(findings.plan).toHaveLength(1);
  all.begin('expire');
  all.addPlan([{ part: 'expire', decision: 'delete snap-1', reason: 'it is due' }]);
  expect(all.changed).toBe(false);
  all.set({ retagged: 1 });
  all.send();
  expect(findings.plan?.map((one) => one.part)).toEqual(['create', 'expire']);
  expect(findings.rotation).toMatchObject({ region: 'us-east-1', ran: ['create', 'expire'], failed: [], retagged: 1 });
  expect(all.changed).toBe(true);
});

describe('the end of a run', () => {
  test('is not an error when nothing went wrong', () => {
    expect(thrownBy(() => results().all.throwIfFailed())).toBeUndefined();
  });

  test('lists invalid tags, each once', () => {
    const { all } = results();
    for (const part of ['create', 'copy'] as const) all.problem(part, { resource: 'i-1', what: 'Retention=soon' });
    all.send();
    expect(thrownBy(() => all.throwIfFailed())).toMatchObject({
      what: 'one tag is invalid; everything else was done:\n  - i-1: Retention=soon',
      fix: 'correct the tags; the next run follows them',
    });
    expect(thrownBy(() => all.throwIfFailed(true))).toMatchObject({
      what: expect.stringContaining('one tag is invalid; nothing was done, because this is a dry run:'),
    });
  });

  test('has code and fix of the first failure, and lists all, each once', () => {
    const { findings, all } = results();
    all.problem('create', { resource: 'i-1', what: 'Retention=soon' });
    for (let round = 0; round < 2; round += 1) all.failure('copy', 'copy snap-1 to eu-west-1', denied);
    all.failure('expire', 'delete snap-2', new Error('the region is down'));
    all.send();
    expect(findings.rotation).toMatchObject({
      failed: ['create', 'copy', 'expire'],
      failures: [
        { resource: 'copy snap-1 to eu-west-1', what: 'CopySnapshot is denied; deploy the stack' },
        { resource: 'delete snap-2', what: 'the region is down' },
      ],
    });
    expect(thrownBy(() => all.throwIfFailed())).toMatchObject({
      what: '2 things failed; the first: copy snap-1 to eu-west-1: CopySnapshot is denied',
      code: 'UnauthorizedOperation',
      fix: 'deploy the stack',
      detail: expect.stringContaining('delete snap-2: the region is down\ni-1: Retention=soon'),
    });
  });

  test('a source that was not resumed comes before the first failure, and leads to its own section', () => {
    const { all } = results();
    all.failure('create', 'snapshot i-1', denied);
    all.failure('create', 'i-2', notResumed('i-2 could not be thawed', new Error('the host is gone')));
    const error = thrownBy(() => all.throwIfFailed());
    expect(error).toMatchObject({
      what: '2 things failed; the gravest: i-2: i-2 could not be thawed: the host is gone',
      code: 'resume-failed',
      fix: expect.stringContaining('look at the host now'),
      detail: expect.stringContaining('snapshot i-1: CopySnapshot is denied'),
    });
    const { what = '', code } = error ?? {};
    const report = { ...taken, action: 'ebs-rotate' as const, outcome: 'failed' as const, error: { what, code } };
    expect(runbookSection(report)).toBe('the-source-did-not-come-back');
  });
});
