/** The nightly job on real parts, as every change of it is tried: a night without trouble, and the most telling faults. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { expectCalled, runCaller } from './support-callers.ts';
import {
  backup,
  backupKilledInPause,
  changes,
  endsBad,
  endsUnproven,
  keyOf,
  minutes,
  nothingLeft,
  startNights,
  wrong,
} from './support-nights.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startNights();
}, 300_000);

afterEach(() => {
  lab.clearFaults();
});

afterAll(async () => {
  await lab?.stop();
}, 120_000);

describe('a night without trouble', () => {
  let run: RunResult;

  test(
    'ends good: tags, metric, a serving source, nothing left',
    async () => {
      run = await backup(lab);
      expect(run.conclusion).toBe('success');
      expect(await wrong(lab, run, 'good')).toEqual([]);
    },
    3 * minutes,
  );

  test('the summary shows pause, recovery time, timeline and the verdict per check', () => {
    for (const words of ['pause', 'recovery', '```mermaid', 'gantt', 'good'])
      expect(run.summary.toLowerCase()).toContain(words);
    expect(run.summary).toContain('mysqld-ib');
  });

  test('the receipt holds the verdict, both fingerprints and the pause', async () => {
    const receipts = Object.entries(await lab.state.receipts());
    const receipt = JSON.parse(receipts.find(([key]) => key.endsWith(`/${run.id}.json`))?.[1] ?? '{}');
    expect(receipt).toMatchObject({
      format: 'holdfast-receipt/1',
      state: 'taken',
      verdict: 'good',
      source: 'ib01.prod',
    });
    expect(receipt.fingerprint.before.entries.length).toBeGreaterThan(3);
    expect(receipt.fingerprint.after.entries.length).toBe(receipt.fingerprint.before.entries.length);
    expect(receipt.quiesce.pauseSeconds).toBeGreaterThan(0);
    expect(receipt.verification.read.bytes).toBeGreaterThan(1024 * 1024);
  });

  test(
    'run again, the same run takes no second snapshot and does not touch the source',
    async () => {
      const mark = lab.log.records.length;
      const again = await (await lab.runner.rerun(run, { job: 'snapshot' })).finished;
      expect(again.conclusion).toBe('success');
      expect(changes(lab, mark).filter((one) => one === 'CreateSnapshot')).toEqual([]);
      expect((await lab.state.snapshots()).filter((one) => one.tags['holdfast:run'] === keyOf(lab, run))).toHaveLength(
        1,
      );
    },
    3 * minutes,
  );

  test(
    'a dry run changes nothing',
    async () => {
      const mark = lab.log.records.length;
      const dry = await backup(lab, { 'dry-run': 'true' });
      expect(dry.conclusion).toBe('success');
      expect(dry.summary.toLowerCase()).toContain('plan');
      expect(changes(lab, mark).filter((one) => one !== 'SendCommand')).toEqual([]);
    },
    2 * minutes,
  );
});

test(
  'a repository that has only the caller of docs/infobright.md: a night ends good, with roles that trust the caller',
  async () => {
    const run = await runCaller(lab, 'docs/infobright.md');
    expectCalled(lab, run);
    expect(run.summary).toContain('The backup of ib01.prod is good: restored and checked');
    expect(await nothingLeft(lab)).toEqual([]);
  },
  3 * minutes,
);

describe('a copy that is wrong', () => {
  test(
    'wrong-rows: bad, metric 0, one issue with the check, closed by the next good run',
    () => endsBad(lab, 'wrong-rows'),
    5 * minutes,
  );
});

describe('trouble with the machinery', () => {
  test(
    'agent-offline: no verdict, no metric, an error that says what stood in the way',
    () => endsUnproven(lab, 'agent-offline', /not reachable|agent/i),
    5 * minutes,
  );
});

test(
  'a runner killed in the pause: the lease brings the source back, and the next run ends good',
  async () => {
    const { run, seen } = await backupKilledInPause(lab, {}, () => lab.hosts.sourceAnswers());
    expect(run.conclusion).not.toBe('success');
    expect(seen).toBe(false);
    // No help from here: only looking. The lease is 12 s; the rest is the service's own start.
    while (!(await lab.hosts.sourceAnswers())) await new Promise((resolve) => setTimeout(resolve, 250));
    lab.clearFaults();
    const next = await backup(lab);
    expect(next.conclusion).toBe('success');
    expect(await wrong(lab, next, 'good')).toEqual([]);
  },
  5 * minutes,
);
