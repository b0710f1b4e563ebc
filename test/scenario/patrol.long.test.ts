/** The patrol on the lab: a snapshot of the rotation is restored on the verification host of its region, and its tags say what was found. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { nothing, privileges } from './support-privileges.ts';
import { ireland, minutes, rotations, startRegions, sydney, virginia } from './support-rotation.ts';

let lab: Lab;
let blank: ReturnType<typeof snapshots>[number] | undefined;
const { rotate, snapshots, named, ofSlot, openIssues, today } = rotations(() => lab);

beforeAll(async () => {
  lab = await startRegions();
  await rotate();
  Object.assign(lab.github.state.variables, {
    HOLDFAST_WATCH_ROLE: lab.aws.roles.WatchRole,
    HOLDFAST_RECEIPT_BUCKET: lab.aws.receiptBucket,
    HOLDFAST_VERIFIERS: `{"${virginia}":"ib02.dev"}`,
    HOLDFAST_PATROL_DAYS: '30',
  });
}, 420_000);

afterAll(async () => {
  await lab?.stop();
}, 120_000);

/** The snapshots of the real host of this slot; those of the seed have no disk behind them. */
const own = (device: string) => {
  const host = named(virginia, 'ib01.prod');
  return ofSlot(virginia, host.id, today()).filter(({ tags }) => tags.get('Description')?.includes(device));
};

function keepOnly(kept: ReadonlySet<string>): void {
  for (const region of [virginia, ireland, sydney]) {
    const { snapshots: all } = lab.aws.ec2.world(region);
    for (const id of [...all.keys()]) if (!kept.has(id)) all.delete(id);
  }
}

test(
  'proves a snapshot of the rotation by its filesystems, and says where no host is named',
  async () => {
    const [data] = own('/dev/sdf');
    [blank] = own('/dev/xvda');
    if (data === undefined || blank === undefined) throw new Error('ib01.prod was not rotated');
    const elsewhere = snapshots(ireland).find(({ tags }) => tags.get('holdfast:made-by') === 'ebs-rotate');
    keepOnly(new Set([data.id, elsewhere?.id ?? '']));
    data.tags.delete('Copy_Dest');
    const run = await lab.runWorkflow('patrol');
    const done = run.jobs.filter(({ conclusion }) => conclusion !== 'skipped');
    expect(done.map(({ key, conclusion }) => [key.split(' ')[0], conclusion])).toEqual([
      ['plan', 'success'],
      ['rotations', 'success'],
    ]);
    expect(run.summary).toContain('in eu-west-1 need a verification host there');
    expect(run.conclusion).toBe('success');
    const found = Object.fromEntries(data.tags);
    expect(found).toMatchObject({ Integrity: 'good', 'holdfast:proven': expect.stringMatching(/^\d{4}-\S+Z \d+$/) });
    expect(found.DBBackupValid).toBeUndefined();
    expect(openIssues()).toEqual([]);
  },
  5 * minutes,
);

test(
  'what could not be tried is told, and waits',
  async () => {
    keepOnly(new Set());
    // The lab has nothing on the root volumes.
    if (blank) lab.aws.ec2.world(virginia).snapshots.set(blank.id, blank);
    blank?.tags.delete('Copy_Dest');
    const run = await lab.runWorkflow('patrol');
    expect(run.conclusion).toBe('failure');
    expect(blank && Object.fromEntries(blank.tags)).toMatchObject({
      'holdfast:tried': expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(openIssues()).toEqual([expect.stringMatching(/^Kept backup of ib01\.prod of .* is not proven$/)]);
    const again = await lab.runWorkflow('patrol');
    expect(again.conclusion).toBe('success');
  },
  5 * minutes,
);

test('the roles may do nothing that no run needs', async () => {
  // The rotations are another suite's evidence.
  const asked = lab.aws.asked.all().filter(({ by }) => by !== 'holdfast-rotate');
  const aws = { ...lab.aws, asked: { all: () => asked } } as unknown as Lab['aws'];
  expect(await privileges({ aws }, 'patrol')).toEqual(nothing);
});
