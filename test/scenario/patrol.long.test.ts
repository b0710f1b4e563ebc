/**
 * The patrol on the lab, the whole workflow: dumps of three engines, a snapshot of a data volume, one of the rotation, and the copies of
 * both in another region are restored and proven; what is altered or lost is told until it is mended.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { mongodbSource } from '../../lab/rehearsals/mongodb/seed.ts';
import { mysqlSource } from '../../lab/rehearsals/mysql/seed.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import type { Receipt } from '../../src/domain/receipt.ts';
import { makeOlder, removeReceipt, replaceDump, startPatrol } from './support-patrol.ts';
import { nothing, privileges } from './support-privileges.ts';
import { ireland, minutes, rotations, sydney, virginia } from './support-rotation.ts';

let lab: Lab;
const { rotate, snapshots, world, openIssues } = rotations(() => lab);

const succeeds = async (run: Promise<RunResult>): Promise<void> => expect((await run).conclusion).toBe('success');
const patrol = () => lab.runWorkflow('patrol');
const unproven = 'Snapshots and copies are proven by nobody';
/** What ran, and how it ended; of a called workflow and its jobs, and of several with one name, each ending once. */
const jobsOf = ({ jobs }: RunResult): string[] => {
  const ran = jobs.filter(({ conclusion }) => conclusion !== 'skipped');
  return [...new Set(ran.map(({ key, conclusion }) => `${key.split(/[ /]/)[0]} ${conclusion}`))].sort();
};

const madeBy = (region: string, maker: string) => {
  const [one, ...others] = snapshots(region).filter(({ tags }) => tags.get('holdfast:made-by') === maker);
  if (one === undefined || others.length > 0) throw new Error(`not one snapshot of ${maker} in ${region}`);
  return one;
};

type Kept = Pick<Receipt, 'source' | 'proofs' | 'deleteOn'>;
const receipts = async (): Promise<Kept[]> =>
  Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as Kept);

const proven = {
  Integrity: 'good',
  // The time, and the seconds that it took.
  'holdfast:proven': expect.stringMatching(/^\d{4}-\S+Z \d+$/),
};

beforeAll(async () => {
  lab = await startPatrol();
  await Promise.all([
    succeeds(lab.runWorkflow('infobright-backup')),
    succeeds(lab.runWorkflow('postgres-backup', { inputs: { source: 'infinite.prod' } })),
    succeeds(lab.runWorkflow('mysql-backup', { inputs: { source: mysqlSource } })),
    succeeds(lab.runWorkflow('mongodb-backup', { inputs: { source: mongodbSource } })),
  ]);
  // The rotation copies what is tagged so, whoever made it.
  madeBy(virginia, 'ib-snapshot').tags.set('Copy_Dest', ireland);
  await succeeds(rotate());
}, 600_000);

afterAll(async () => {
  await lab?.stop();
}, 120_000);

test(
  'what is due is proven in one run, of every kind and in two regions, before any proof is too old',
  async () => {
    await makeOlder(lab, 28);
    expect((await receipts()).flatMap(({ deleteOn = [] }) => deleteOn)).toEqual([]);
    // A dry run decides, and every job that would prove is skipped.
    const plan = await lab.runWorkflow('patrol', { inputs: { 'dry-run': 'true' } });
    expect(jobsOf(plan)).toEqual(['plan success']);
    const run = await patrol();
    expect(jobsOf(run)).toEqual([
      'mongodb success',
      'mysql success',
      'plan success',
      'postgres success',
      'rotations success',
      'volumes success',
    ]);
    expect(run.conclusion).toBe('success');
    expect(run.summary).toContain('in ap-southeast-2 need a verification host there');
    const kept = await receipts();
    const verdicts = kept.map(({ source, proofs = [] }) => [source, proofs.map(({ verdict }) => verdict)]);
    expect(Object.fromEntries(verdicts)).toEqual({
      'ib01.prod': ['good', 'good'],
      'infinite.prod': ['good', 'good'],
      [mysqlSource]: ['good', 'good'],
      [mongodbSource]: ['good', 'good'],
    });
    // A receipt of an earlier version learns how long its snapshot is kept.
    const due = madeBy(virginia, 'ib-snapshot').tags.get('DeleteOn');
    expect(kept.flatMap(({ deleteOn = [] }) => deleteOn)).toEqual([due]);
    for (const region of [virginia, ireland]) {
      const tags = Object.fromEntries(madeBy(region, 'ebs-rotate').tags);
      expect(tags).toMatchObject(proven);
      expect(tags.DBBackupValid).toBeUndefined();
    }
    // Its primary's receipt says nothing of the copy.
    expect(Object.fromEntries(madeBy(ireland, 'ib-snapshot').tags)).toMatchObject({ ...proven, DBBackupValid: 'True' });
    expect(madeBy(sydney, 'ebs-rotate').tags.get('holdfast:proven')).toBeUndefined();
    // Of the region where no host is named.
    expect(openIssues()).toEqual([unproven]);
    expect(lab.github.state.issues.find(({ title }) => title === unproven)?.body).toContain('ap-southeast-2');
  },
  8 * minutes,
);

test(
  'an altered dump, a lost snapshot and a lost copy are told, and so is what could not be tried',
  async () => {
    const data = madeBy(virginia, 'ebs-rotate');
    const volume = madeBy(virginia, 'ib-snapshot');
    const keys = [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.keys()];
    const key = keys.find((one) => /infinite.*\.dump$/.test(one)) ?? '';
    const putBack = await replaceDump(lab, key);
    world(virginia).snapshots.delete(volume.id);
    world(ireland).snapshots.delete(madeBy(ireland, 'ebs-rotate').id);
    // The lab has nothing on the root volumes.
    const blank = { ...data, id: 'snap-0b1a9c00000000001', image: undefined, tags: new Map(data.tags) };
    for (const name of ['Integrity', 'holdfast:proven', 'Copy_Dest']) blank.tags.delete(name);
    world(virginia).snapshots.set(blank.id, blank);

    const run = await patrol();
    expect(run.conclusion).toBe('failure');
    expect(jobsOf(run)).toEqual(expect.arrayContaining(['plan failure', 'postgres failure', 'rotations failure']));
    expect(run.summary).toContain('3 kept backups are not what they were');
    expect(Object.fromEntries(blank.tags)).toMatchObject({ 'holdfast:tried': expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(openIssues()).toEqual([
      expect.stringMatching(/^Kept backup of ib01\.prod of .* is not proven$/),
      expect.stringMatching(/^Kept backup of infinite\.prod of .* is not proven$/),
      'Kept backups are not proven',
      unproven,
    ]);
    const issue = lab.github.state.issues.find(({ title }) => title === 'Kept backups are not proven');
    for (const words of [
      `${volume.id} in us-east-1 is gone`,
      `the copy of ${data.id} of us-east-1 in eu-west-1 is gone`,
      key,
    ])
      expect(issue?.body).toContain(words);

    // The object is put back, the rotation makes the copy again, and somebody acknowledges that the snapshot is lost for good.
    putBack();
    await succeeds(rotate({ slot: 'again' }));
    await removeReceipt(lab, volume.tags.get('holdfast:receipt') ?? '');
    const mended = await patrol();
    expect(mended.conclusion).toBe('success');
    expect(issue).toMatchObject({ state: 'closed' });
  },
  8 * minutes,
);

test('the roles may do nothing that no run needs', async () => {
  // What made the backups is other suites' evidence.
  const made = new Set(['holdfast-rotate', 'holdfast-backup']);
  const asked = lab.aws.asked.all().filter(({ by }) => !made.has(by));
  const aws = { ...lab.aws, asked: { all: () => asked } } as unknown as Lab['aws'];
  expect(await privileges({ aws }, 'patrol')).toEqual(nothing);
});
