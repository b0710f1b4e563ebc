/** Fingerprints of the moment of the lock, where the quick scenario does not reach: stop, damage, sessions that are lost. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { damage } from '../../lab/rehearsals/infobright/damage.ts';
import { minutes, nothingLeft, startNights } from './support-nights.ts';
import { lookForPhase, night, sessionsLeft, startWriter } from './support-writer.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startNights();
  await startWriter(lab);
}, 300_000);

afterEach(() => {
  lab.aws.ec2.switches.onVolumeFilled = undefined;
});

afterAll(async () => {
  await lab?.stop();
}, 120_000);

test(
  'a stop under the lock with a writer beside it ends good, and every row is compared',
  async () => {
    const { run, receipt } = await night(lab, { quiesce: 'stop', 'under-lock': 'true' });
    expect(run.conclusion).toBe('success');
    const { rows } = receipt.verification ?? {};
    expect([receipt.verdict, rows?.compared]).toEqual(['good', rows?.of]);
    const { before, underLock } = receipt.fingerprint;
    expect(underLock?.entries).toHaveLength(before.entries.filter(({ kind }) => kind === 'table').length);
    expect(await sessionsLeft(lab)).toEqual([]);
    expect(await nothingLeft(lab)).toEqual([]);
  },
  3 * minutes,
);

test.each([
  ['freeze', 'auto'],
  ['stop', 'true'],
])(
  'quiesce %s, under the lock %s: every amount 0 in a table that is written to is noticed',
  async (quiesce, underLock) => {
    lab.aws.ec2.switches.onVolumeFilled = (_volumeId, _snapshotId, image) => damage(image, 'amounts');
    const { run, receipt } = await night(lab, { quiesce, 'under-lock': underLock });
    expect(run.conclusion).toBe('failure');
    expect(receipt.verdict).toBe('bad');
    const check = receipt.verification?.checks.find((one) => one.name === 'billing.invoices');
    expect(check?.outcome).toBe('failed');
  },
  3 * minutes,
);

test(
  'a session that is lost while it reads costs the exact fingerprint only, and the receipt says so',
  async () => {
    const stop = `#!/bin/bash
rm -rf /run/holdfast/sessions
systemd-run --quiet bash -c '${lookForPhase('unlocked', 300)} && systemctl kill --signal=KILL "holdfast-lock-*"'
`;
    await lab.hosts.runOnSource(stop);
    const { receipt } = await night(lab, { quiesce: 'freeze' });
    expect(receipt.state).toBe('taken');
    expect(receipt.fingerprint.underLock).toBe(undefined);
    expect(receipt.notes.join()).toContain('no fingerprint of the moment of the lock');
    expect(await sessionsLeft(lab)).toEqual([]);
  },
  3 * minutes,
);
