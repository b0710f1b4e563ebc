/** The rotation on the lab: three regions, a year of snapshots, one real host, the built bundles and the real workflow. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../lab/directory.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { override } from '../../lab/rehearsals/fault.ts';
import { namedFault } from '../../lab/rehearsals/jobs.ts';
import { changesSince, checkRotation } from '../../lab/rehearsals/rotation/checks.ts';
import { takeDown } from '../../lab/rehearsals/rotation/faults.ts';
import { rotationSeed } from '../../lab/rehearsals/rotation/seed.ts';
import { reviewCaller } from './support-callers.ts';
import { nothing, privileges } from './support-privileges.ts';
import { ireland, job, minutes, rotations, startRegions, sydney, virginia } from './support-rotation.ts';

const settings = 'test/scenario/workflows/rotate.yml';

let lab: Lab;
const { rotate, world, snapshots, openIssues, named, ofSlot } = rotations(() => lab);

beforeAll(async () => {
  lab = await startRegions();
  // The day without trouble (rotation.test.ts), from which the tests go on.
  expect((await rotate()).conclusion).toBe('success');
}, 300_000);

afterEach(() => {
  lab.clearFaults();
});

afterAll(async () => {
  await lab?.stop();
}, 120_000);

describe('trouble', () => {
  test(
    'invalid tags fail the job and open an issue, but the defaults apply and the other instances are rotated',
    async () => {
      lab.arrange(namedFault('bad-tags'));
      const [one, other] = [...world(ireland).instances.values()];
      const run = await rotate({ slot: 'tags' });
      expect(run.conclusion).toBe('failure');
      expect(job(run, virginia)?.conclusion).toBe('success');
      expect(run.summary).toContain('Retention=soon cannot be understood');
      expect(run.summary).toContain('mars-north-1');
      expect(openIssues()).toEqual([`Rotation of the EBS snapshots in ${ireland} fails`]);
      // The default applies, because any backup is better than none.
      expect(ofSlot(ireland, one?.id ?? '', '/tags').length).toBeGreaterThan(0);
      expect((await checkRotation(lab)).filter((check) => !check.holds)).toEqual([]);
      one?.tags.delete('Retention');
      other?.tags.delete('Copy_Dest');
      const next = await rotate();
      expect(next.conclusion).toBe('success');
      expect(openIssues()).toEqual([]);
    },
    4 * minutes,
  );

  test(
    'when the home region is down, the other regions are found and rotated',
    async () => {
      lab.arrange({ arrange: ({ aws }) => takeDown(aws, virginia) });
      const run = await rotate({ slot: 'home' });
      expect(run.conclusion).toBe('failure');
      expect(job(run, sydney)?.steps.length).toBeGreaterThan(0);
      expect(ofSlot(sydney, [...world(sydney).instances.keys()][0] ?? '', '/home').length).toBeGreaterThan(0);
      lab.clearFaults();
      expect((await rotate({ slot: 'home' })).conclusion).toBe('success');
      expect(openIssues()).toEqual([]);
    },
    5 * minutes,
  );

  test(
    'when VSS fails, the Windows instance gets crash-consistent snapshots that say so',
    async () => {
      lab.arrange({ arrange: ({ aws }) => override(aws.ssm, 'vssFails', true) });
      const run = await rotate({ slot: 'vss', mode: 'create', regions: `["${ireland}"]` });
      expect(run.conclusion).toBe('success');
      const made = ofSlot(ireland, named(ireland, 'win01.prod').id, '/vss');
      expect(made.map((one) => one.tags.get('holdfast:consistency'))).toEqual(['crash', 'crash']);
      expect(made[0]?.tags.get('Description')).toContain('win01.prod');
      expect(run.summary).toContain('VSS writers timed out');
    },
    2 * minutes,
  );

  test(
    'a wrong key makes the copy fail; it is reported once, and not tried again at once',
    async () => {
      const inputs = { region: virginia, slot: 'key', 'kms-keys': `${ireland}=alias/none`, 'copy-wait': '8s' };
      const first = await lab.runWorkflow(settings, { inputs });
      const next = await lab.runWorkflow(settings, { inputs });
      expect(next.conclusion).toBe('failure');
      expect(`${first.summary}${next.summary}`).toContain('Given key ID is not accessible');
      const start = lab.log.records.length;
      await lab.runWorkflow(settings, { inputs });
      expect(changesSince(lab, start)).toEqual([]);
      for (const one of snapshots(ireland)) if (one.state === 'error') world(ireland).snapshots.delete(one.id);
      expect((await rotate()).conclusion).toBe('success');
    },
    5 * minutes,
  );

  test(
    'copies beyond the quota are left to the next run',
    async () => {
      const inputs = { region: virginia, slot: 'quota', 'max-copies': '2', 'copy-wait': '3s' };
      const run = await lab.runWorkflow(settings, { inputs });
      expect(run.conclusion).toBe('success');
      expect(run.summary).toContain('Left for the next run');
      expect((await rotate()).conclusion).toBe('success');
      expect((await checkRotation(lab)).filter((check) => !check.holds)).toEqual([]);
    },
    4 * minutes,
  );
});

test(
  'the rotation waits for a dump that is in progress, but not forever',
  async () => {
    const waiting = lab.github.state.startRun({
      workflow: '.github/workflows/dump.yml',
      name: 'Dump',
      event: 'schedule',
    });
    waiting.status = 'in_progress';
    const inputs = { region: sydney, mode: 'create', 'wait-for': 'dump.yml', 'wait-for-timeout': '10s' };
    const late = await lab.runWorkflow(settings, { inputs });
    expect(late.conclusion).toBe('success');
    expect(late.summary).toContain('dump.yml has not ended');
    Object.assign(waiting, { status: 'completed', conclusion: 'failure' });
    const failed = await lab.runWorkflow(settings, { inputs });
    expect(failed.summary).toContain('the dump of dump.yml failed');
  },
  2 * minutes,
);

test(
  'a pull request that changes the default retention gets the difference, with a role that can only read',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'holdfast-review-'));
    try {
      for (const name of ['.github', 'actions', 'dist', 'infra'])
        cpSync(join(repositoryRoot, name), join(root, name), { recursive: true });
      symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
      const git = (...words: string[]) =>
        execFileSync('git', ['-C', root, '-c', 'user.name=lab', '-c', 'user.email=lab@example.com', ...words]);
      git('init', '--quiet', '--initial-branch=main');
      git('add', '.github', 'actions', 'dist');
      git('commit', '--quiet', '--message=base');
      const path = join(root, '.github/workflows/ebs-rotate.yml');
      writeFileSync(path, readFileSync(path, 'utf8').replace('RETENTION: "7"', 'RETENTION: "14"'));
      const review = await startLab({ seed: rotationSeed, root });
      try {
        const run = await review.runWorkflow('ebs-rotate', { event: 'pull_request' });
        expect(run.conclusion).toBe('success');
        expect(run.summary).toContain('What another default retention would change');
        expect(run.summary).toMatch(/Held at any one time: \d[\d,]* snapshots before, \d[\d,]* after \(\+\d/);
        // The same for a caller in a repository of its own, whose retention is in its own file.
        const kept = ['retention: 7d 4w 12m', 'retention: 14d 4w 12m'] as const;
        const called = await reviewCaller(review, 'docs/rotation.md', kept);
        expect(called.conclusion).toBe('success');
        expect(called.summary).toContain('What another default retention would change');
        expect(changesSince(review, 0)).toEqual([]);
        expect(await privileges(review, 'ebs-rotate review')).toEqual(nothing);
      } finally {
        await review.stop();
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
  5 * minutes,
);

test(
  'tags of the primary reach its copies, and KeepForever is removed from them when it is removed from the primary',
  async () => {
    const primary = snapshots(virginia).find(
      ({ tags }) => tags.get('Copy_Dest')?.includes(ireland) && !tags.has('KeepForever'),
    );
    const copies = () => snapshots(ireland).filter(({ tags }) => tags.get('Source_SnapshotId') === primary?.id);
    const later = { DeleteOn: '2099-12-31', Integrity: 'good', DBBackupValid: 'Yes', 'holdfast:keep': 'daily' };
    for (const [key, value] of Object.entries(later)) primary?.tags.set(key, value);
    primary?.tags.set('KeepForever', 'Yes');
    expect((await rotate({ mode: 'copy', regions: `["${virginia}"]` })).conclusion).toBe('success');
    expect(copies().map(({ tags }) => tags.get('KeepForever'))).toEqual(['Yes']);
    expect(copies().map(({ tags }) => Object.fromEntries(tags))).toEqual([expect.objectContaining(later)]);
    primary?.tags.delete('KeepForever');
    expect((await rotate({ mode: 'copy', regions: `["${virginia}"]` })).conclusion).toBe('success');
    expect(copies().map(({ tags }) => tags.get('KeepForever'))).toEqual([undefined]);
  },
  3 * minutes,
);

test('what these runs show of the policies still holds: without it a call of theirs is refused', async () => {
  expect(await privileges(lab, 'ebs-rotate')).toEqual(nothing);
});
