/**
 * The session that holds the lock of a pause is killed, or its server restarted, in each of its phases, on a real host. Afterwards a writer
 * succeeds within the lease and a start, and no session and no transaction is left. The backup after the disturbances of a phase is exact.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lookForPhase } from '../scenario/support-writer.ts';
import { LockedSource, modes } from './support-lock.ts';

let locked: LockedSource;

beforeAll(async () => {
  locked = await LockedSource.start();
}, 300_000);

afterAll(async () => {
  await locked?.stop();
}, 120_000);

/** Does something on the source as soon as the session says that it is in a phase. */
const inPhase = (phase: string, action: string) => `#!/bin/bash
systemd-run --quiet --collect bash -c '${lookForPhase(phase, 120)} && { ${action}; }'
`;
const disturbances: readonly (readonly [string, string])[] = [
  ['its unit is killed', 'systemctl kill --signal=KILL "holdfast-lock-*"'],
  ['its unit is stopped', 'systemctl stop "holdfast-lock-*"'],
  ['its client is killed', 'pkill -KILL -f unbuffered'],
  [
    'the server is killed, and started again',
    'systemctl kill --signal=KILL mysqld-ib; sleep 0.5; systemctl restart mysqld-ib',
  ],
];
const phases = ['ready', 'reading', 'locked', 'unlocked'];

test.each(
  modes.flatMap((inputs) =>
    phases
      .filter((phase) => inputs.quiesce === 'freeze' || phase !== 'unlocked')
      .map((phase) => ({ inputs, phase, quiesce: inputs.quiesce })),
  ),
)(
  '$quiesce: killed, stopped or restarted when the session is $phase',
  async ({ inputs, phase }) => {
    const failures: string[] = [];
    const note = (what: string, problems: readonly string[]): void => {
      if (problems.length > 0) failures.push(`${what}: ${problems.join('; ')}`);
    };
    for (const [what, action] of disturbances) {
      await locked.lab.hosts.runOnSource('#!/bin/bash\nrm -rf /run/holdfast/sessions\n');
      await locked.lab.hosts.runOnSource(inPhase(phase, action));
      await locked.backup(inputs);
      note(what, await locked.problems());
    }
    note('afterwards', await locked.problemsOfNext(inputs));
    expect(failures).toEqual([]);
  },
  1_800_000,
);
