/**
 * The crash suite of verify-volume's bundle on a snapshot without a receipt, as the patrol starts it: at the calls that change something
 * or that a host script is started by, the runner is killed, or the call meets one of the other effects, in turn
 * (HOLDFAST_CRASH=verify-rotation tries all). In memory every call is tried: patrol-in-memory.test.ts.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkNothingLeft } from '../../lab/rehearsals/infobright/checks.ts';
import type { CallRecord } from '../../lab/services/http/call-log.ts';
import { arm, everyPair, type Point, pointsOf } from './points.ts';
import { BundlesUnderTest, hour } from './support-bundles.ts';

let bundles: BundlesUnderTest;
let snapshot = '';

beforeAll(async () => {
  bundles = await BundlesUnderTest.start();
}, 300_000);

afterAll(async () => {
  await bundles?.stop();
}, 120_000);

const telling = new Set(['CreateVolume', 'AttachVolume', 'SendCommand', 'CreateTags', 'DeleteVolume', 'StopInstances']);
const verdicts = ['Integrity', 'holdfast:proven', 'holdfast:tried'];
const isTelling = ({ operation }: CallRecord): boolean => telling.has(operation);

const tags = async (): Promise<Readonly<Record<string, string>>> =>
  (await bundles.lab.state.snapshots()).find(({ id }) => id === snapshot)?.tags ?? {};

/** Disturbs one proof, and proves once more. @returns what is wrong */
async function tryPoint(point: Point): Promise<string[]> {
  const { lab } = bundles;
  const problems: string[] = [];
  await lab.state.untag(snapshot, verdicts);
  const mark = lab.log.records.length;
  arm(lab, point);
  await bundles.run('verify-rotation');
  lab.clearFaults();
  const isChecked = lab.log.records
    .slice(mark)
    .some((one) => JSON.stringify(one.parameters).includes('Holdfast-CheckFilesystems'));
  if ((await tags()).Integrity !== undefined && !isChecked) problems.push('a verdict without a restore');
  const next = await bundles.run('verify-rotation');
  if (next.conclusion !== 'success') problems.push('the next run did not succeed');
  const { Integrity, 'holdfast:proven': proven } = await tags();
  if (Integrity !== 'good' || proven === undefined) problems.push(`the tags say ${Integrity}, ${proven}`);
  problems.push(...(await checkNothingLeft(lab)).filter((one) => !one.holds).map((one) => one.text));
  bundles.note(point, problems);
  return problems;
}

test(
  'no verdict without a restore; the next run proves the snapshot and leaves no volume',
  async () => {
    const { lab } = bundles;
    const taken = await bundles.run('ib-snapshot');
    expect(taken.conclusion).toBe('success');
    snapshot = (await lab.state.snapshots()).find((one) => one.tags['holdfast:run'] === bundles.keyOf(taken))?.id ?? '';
    // As the rotation would have made it: the disk is the same.
    await lab.state.untag(snapshot, ['holdfast:source', 'holdfast:receipt', 'holdfast:run', 'holdfast:attempt']);
    await lab.state.tag(snapshot, { 'holdfast:made-by': 'ebs-rotate', Type: 'Automated' });
    lab.github.state.variables.CRASH_SNAPSHOT = snapshot;
    const mark = lab.log.records.length;
    expect((await bundles.run('verify-rotation')).conclusion).toBe('success');
    const points = pointsOf(lab.log.records.slice(mark), everyPair('verify-rotation'), isTelling);
    expect(points.length).toBeGreaterThanOrEqual(10);
    const failures: string[] = [];
    for (const point of points) {
      const problems = await tryPoint(point);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  hour,
);
