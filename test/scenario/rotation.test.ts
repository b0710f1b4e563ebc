/** The rotation on the lab, as every change of it is tried: a day without trouble, and the most telling faults. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { source } from '../../lab/hosts/pair.ts';
import type { Lab } from '../../lab/lab.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import { changesSince, checkRotation } from '../../lab/rehearsals/rotation/checks.ts';
import { expectCalled, runCaller } from './support-callers.ts';
import { ireland, job, minutes, rotations, startRegions, sydney, virginia } from './support-rotation.ts';

let lab: Lab;
const { rotate, snapshots, openIssues, named, today, ofSlot } = rotations(() => lab);

beforeAll(async () => {
  lab = await startRegions();
}, 300_000);

afterEach(() => {
  lab.clearFaults();
});

afterAll(async () => {
  await lab?.stop();
}, 120_000);

describe('a day without trouble', () => {
  test(
    'a dry run prints the plan and changes nothing',
    async () => {
      const start = lab.log.records.length;
      const run = await rotate({ 'dry-run': 'true' });
      expect(run.conclusion).toBe('success');
      expect(changesSince(lab, start)).toEqual([]);
      expect(run.summary).toContain(`snapshot ${source.id} (${source.name})`);
      expect(run.summary).toContain('dry run, nothing was changed');
    },
    2 * minutes,
  );

  test(
    'everything is snapshotted, copied and expired; the real host was frozen and serves',
    async () => {
      const run = await rotate();
      expect(run.conclusion).toBe('success');
      expect((await checkRotation(lab)).filter((one) => !one.holds)).toEqual([]);
      const [root, data] = ofSlot(virginia, source.id, today());
      expect(root?.tags.get('holdfast:consistency')).toBe('document freeze');
      expect(data?.tags.get('Description')).toMatch(/^ib01\.prod \(i-.*\) - vol-.* \(\/dev\/.*\) - us-east-1$/);
      const { stdout } = await lab.hosts.runOnSource('#!/bin/bash\ncat /var/lib/holdfast-hook/log\n');
      expect(
        stdout
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[0]),
      ).toEqual(['pre', 'post']);
      expect(openIssues()).toEqual([]);
      const windows = named(ireland, 'win01.prod');
      expect(ofSlot(ireland, windows.id, today())[0]?.tags.get('holdfast:consistency')).toBe('vss');
      // What is due and stays is reported with its reason.
      for (const reason of [
        'kept forever',
        'in use by an AMI',
        'locked',
        'archived',
        'newest good one',
        'newest of its volume',
      ])
        expect(run.summary).toContain(reason);
    },
    4 * minutes,
  );

  test(
    'the run after it, from a repository that has only the caller of docs/rotation.md, changes nothing',
    async () => {
      const start = lab.log.records.length;
      const run = await runCaller(lab, 'docs/rotation.md');
      expectCalled(lab, run);
      expect(changesSince(lab, start)).toEqual([]);
      expect(run.summary).toContain('Nothing to do');
    },
    2 * minutes,
  );

  test(
    'the example that uses the action directly',
    async () => {
      const direct = await runCaller(lab, 'actions/ebs-rotate/README.md');
      expect(direct.conclusion).toBe('success');
      expect(direct.jobs).toHaveLength(2);
      expect(direct.summary).toContain('OWNER/holdfast/blob/FULL-HASH/docs/runbook.md');
    },
    3 * minutes,
  );

  test(
    'a pull request from a fork is green, whatever it changes, and calls nothing of AWS',
    async () => {
      const start = lab.log.records.length;
      const run = await runCaller(lab, 'docs/rotation.md', { event: 'pull_request', fork: true });
      expect(run.conclusion).toBe('success');
      expect(run.summary).toContain('from a fork or a bot');
      expect(lab.log.records.slice(start).filter(({ endpoint }) => endpoint !== 'github')).toEqual([]);
    },
    minutes,
  );

  test('no request was refused or throttled', () => {
    const refused = lab.log.records.filter((one) => one.endpoint === 'ec2' && one.status >= 400);
    expect(refused.map((one) => `${one.operation}: ${one.error}`)).toEqual([]);
  });
});

describe('trouble', () => {
  test(
    'a region is down: its own job and the copies to it fail, everything else is done, the next run catches up',
    async () => {
      lab.arrange(namedFault('region-down'));
      const run = await rotate({ slot: 'down' });
      expect(job(run, ireland)?.conclusion).toBe('failure');
      expect(ofSlot(virginia, source.id, '/down').length).toBeGreaterThan(0);
      expect(job(run, sydney)?.summary).toContain(`copies to ${ireland}`);
      expect(openIssues()).toContain(`Rotation of the EBS snapshots in ${ireland} fails`);
      lab.clearFaults();
      const next = await rotate({ slot: 'down' });
      expect(next.conclusion).toBe('success');
      expect(openIssues()).toEqual([]);
      expect((await checkRotation(lab)).filter((check) => !check.holds)).toEqual([]);
    },
    5 * minutes,
  );

  test(
    'the agent is lost: the snapshot is taken as crash and says so',
    async () => {
      lab.aws.ssm.agentOffline(source.id, true);
      const run = await rotate({ slot: 'lost', mode: 'create', regions: `["${virginia}"]` });
      lab.aws.ssm.agentOffline(source.id, false);
      expect(run.conclusion).toBe('success');
      const [made] = ofSlot(virginia, source.id, '/lost');
      expect(made?.tags.get('holdfast:consistency')).toBe('crash');
      expect(run.summary).toContain('cannot be quiesced');
      expect((await checkRotation(lab)).at(-1)).toMatchObject({ holds: true });
    },
    6 * minutes,
  );

  test(
    'too much is due at once: nothing is deleted until somebody allows it',
    async () => {
      const dates = snapshots(sydney).map((one) => [one, one.tags.get('DeleteOn')] as const);
      lab.arrange(namedFault('everything-due'));
      const before = snapshots(sydney).length;
      const stopped = await rotate({ mode: 'expire', regions: `["${sydney}"]` });
      expect(stopped.conclusion).toBe('failure');
      expect(stopped.summary).toContain('max-expiry-share is 50 %');
      expect(snapshots(sydney).length).toBe(before);
      // All but five get their dates back, so the share is small enough.
      for (const [one, date] of dates.slice(5)) if (date) one.tags.set('DeleteOn', date);
      const allowed = await rotate({ mode: 'expire', regions: `["${sydney}"]`, 'allow-mass-expiry': 'true' });
      expect(allowed.conclusion).toBe('success');
      // Those of the five that are not the last snapshot of a volume.
      const gone = before - snapshots(sydney).length;
      expect(gone).toBeGreaterThan(0);
      expect(gone).toBeLessThanOrEqual(5);
    },
    3 * minutes,
  );
});
