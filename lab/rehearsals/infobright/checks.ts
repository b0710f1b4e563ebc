/** What must hold after an Infobright backup: the verdict wherever a person looks for it, and nothing left behind. */
import { source, verification } from '../../hosts/pair.ts';
import type { Lab } from '../../lab.ts';
import type { SnapshotView } from '../../services/aws/state/aws-state.ts';
import { type Check, Checks } from '../check.ts';
import type { Ending } from '../fault.ts';

export const metric = 'infobright_backup_valid';

/** Checks tags, metric, issue, volumes and hosts after the run `runKey`. */
export async function checkOutcome(lab: Lab, ends: Ending, runKey: string): Promise<Check[]> {
  const snapshots = (await lab.state.snapshots()).filter((one) => one.tags['holdfast:run'] === runKey);
  const snapshot = snapshots.at(-1);
  return [
    ...(ends === 'good' || ends === 'bad' ? checkVerdict(lab, ends, snapshot) : checkNoVerdict(lab, snapshot)),
    checkIssue(lab, ends),
    ...(await checkNothingLeft(lab)),
  ];
}

const nameOf = (snapshot: SnapshotView | undefined): string =>
  snapshot ? `snapshot ${snapshot.id}` : 'no snapshot of this run';

/** The values that Datadog received, the oldest first. */
function received(lab: Lab): number[] {
  return lab.datadog.series
    .filter((series) => series.metric === metric)
    .flatMap((series) => series.points.map((point) => point.value));
}

function checkVerdict(lab: Lab, verdict: 'good' | 'bad', snapshot: SnapshotView | undefined): Check[] {
  const { Integrity = '—', DBBackupValid = '—' } = snapshot?.tags ?? {};
  const value = received(lab).at(-1);
  const checks = new Checks();
  checks.add(
    Integrity === verdict && DBBackupValid === (verdict === 'good' ? 'True' : 'False'),
    `${nameOf(snapshot)} has the tags Integrity=${Integrity}, DBBackupValid=${DBBackupValid}`,
  );
  checks.add(value === (verdict === 'good' ? 1 : 0), `Datadog received ${metric} ${value ?? '(nothing)'}`);
  return checks.all;
}

function checkNoVerdict(lab: Lab, snapshot: SnapshotView | undefined): Check[] {
  const verdict = snapshot?.tags.Integrity;
  const values = received(lab);
  const checks = new Checks();
  checks.add(
    verdict === undefined,
    `${nameOf(snapshot)} has ${verdict === undefined ? 'no verdict' : `the tag Integrity=${verdict}`}`,
  );
  checks.add(
    values.length === 0,
    `Datadog received ${values.length === 0 ? 'no verdict' : `${metric} ${values.at(-1)}`}`,
  );
  return checks.all;
}

function checkIssue(lab: Lab, ends: Ending): Check {
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
  if (ends === 'good')
    return {
      holds: open.length === 0,
      text: `${open.length === 0 ? 'no issue is' : `${open.length} issues are`} open`,
    };
  const titles = open.map((issue) => `#${issue.number} ${issue.title}`).join('; ') || 'none';
  return { holds: open.length === 1, text: `open issues: ${titles}` };
}

/** The source answers, no copy is left, and the verification instance is stopped. */
export async function checkNothingLeft(lab: Lab): Promise<Check[]> {
  const answers = await lab.hosts.sourceAnswers();
  const left = (await lab.state.volumes()).filter((volume) => volume.tags['holdfast:made-by'] !== undefined);
  const state = await settledState(lab);
  const checks = new Checks();
  checks.add(answers, `the database of ${source.name} ${answers ? 'answers' : 'does not answer'}`);
  checks.add(
    left.length === 0,
    left.length === 0 ? 'no volume is left' : `volumes are left: ${left.map((volume) => volume.id).join(', ')}`,
  );
  checks.add(state === 'stopped', `the verification instance ${verification.name} is ${state}`);
  return checks.all;
}

/** The state of the verification instance. It may still be stopping when the run has ended. */
async function settledState(lab: Lab): Promise<string | undefined> {
  for (let tries = 0; ; tries += 1) {
    const state = (await lab.state.instances())[verification.id];
    if (state !== 'stopping' || tries >= 120) return state;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
