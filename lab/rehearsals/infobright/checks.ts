/** What must hold after a rehearsal: the verdict where a reader would look for it, and nothing left behind. */

import type { Lab } from '../../lab.ts';
import { source, verification } from '../../machines.ts';
import type { NamedFault } from '../faults.ts';

export interface Check {
  readonly holds: boolean;
  readonly text: string;
}

export const metric = 'infobright_backup_valid';

/** Looks at tags, metrics, issues, volumes and the service, and says what it found. */
export async function checkOutcome(lab: Lab, ends: NamedFault['ends'], runKey: string): Promise<Check[]> {
  const snapshots = (await lab.state.snapshots()).filter((one) => one.tags['holdfast:run'] === runKey);
  const snapshot = snapshots.at(-1);
  const values = lab.datadog.series
    .filter((series) => series.metric === metric)
    .flatMap((series) => series.points.map((point) => point.value));
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
  const verdict = snapshot?.tags.Integrity;
  const named = snapshot ? `snapshot ${snapshot.id}` : 'no snapshot of this run';
  const checks: Check[] = [];
  const check = (holds: boolean, text: string): void => void checks.push({ holds, text });

  if (ends === 'good' || ends === 'bad') {
    const valid = ends === 'good' ? 'True' : 'False';
    const tagged = `Integrity=${verdict ?? '—'}, DBBackupValid=${snapshot?.tags.DBBackupValid ?? '—'}`;
    check(verdict === ends && snapshot?.tags.DBBackupValid === valid, `${named} carries ${tagged}`);
    const wanted = ends === 'good' ? 1 : 0;
    check(values.at(-1) === wanted, `Datadog received ${metric} ${values.at(-1) ?? '(nothing)'}`);
  } else {
    check(verdict === undefined, `${named} carries ${verdict === undefined ? 'no verdict' : `Integrity=${verdict}`}`);
    check(values.length === 0, `Datadog received ${values.length === 0 ? 'no verdict' : `${metric} ${values.at(-1)}`}`);
  }
  if (ends === 'good')
    check(open.length === 0, `${open.length === 0 ? 'no issue is' : `${open.length} issues are`} open`);
  else
    check(open.length === 1, `open issues: ${open.map((one) => `#${one.number} ${one.title}`).join('; ') || 'none'}`);
  checks.push(...(await checkNothingLeft(lab)));
  return checks;
}

/** The verification instance may still be on its way down when the run has ended. */
async function settledState(lab: Lab): Promise<string | undefined> {
  for (let tries = 0; ; tries += 1) {
    const state = (await lab.state.instances())[verification.id];
    if (state !== 'stopping' || tries >= 120) return state;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The source serves, no copy is left, and the verification instance is stopped again. */
export async function checkNothingLeft(lab: Lab): Promise<Check[]> {
  const answers = await lab.machines.sourceAnswers();
  const left = (await lab.state.volumes()).filter((volume) => volume.tags['holdfast:made-by'] !== undefined);
  const state = await settledState(lab);
  return [
    { holds: answers, text: `the database of ${source.name} ${answers ? 'answers' : 'does not answer'}` },
    {
      holds: left.length === 0,
      text: left.length === 0 ? 'no volume is left' : `volumes are left: ${left.map((volume) => volume.id).join(', ')}`,
    },
    { holds: state === 'stopped', text: `the verification instance ${verification.name} is ${state}` },
  ];
}
