/** The scripts freeze and thaw on a real host with a real filesystem: leases, late commands, what is never frozen. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { source } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { region } from '../../lab/services/aws/account.ts';
import { hostScripts as hostTexts } from '../../src/host/texts.ts';

const minutes = 60_000;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({});
}, 300_000);

afterAll(async () => {
  await lab?.stop();
}, 120_000);

test('a script on a host has no HOME, as under the SSM agent', async () => {
  const { stdout } = await lab.hosts.runOnSource('#!/bin/sh\necho "home=${HOME-unset} path=$PATH"\n');
  expect(stdout).toMatch(/^home=unset path=\/usr\/local\/sbin:/);
});

describe('freeze and thaw on the real host', () => {
  const data = (): string =>
    [...lab.aws.ec2.world(region).volumes.values()].find((one) => one.attachment?.instanceId === source.id && one.image)
      ?.id ?? '';
  const host = async (name: 'freeze' | 'thaw', values: Record<string, string>) => {
    const given = Object.entries(values).map(([key, value]) => `export SSM_${key}='${value}'`);
    const { stdout } = await lab.hosts.runOnSource(`#!/bin/bash\n${given.join('\n')}\n${hostTexts[name]}`);
    return JSON.parse(stdout) as Record<string, unknown> & { error?: { code: string; detail: string } };
  };
  const freeze = (holdId: string, more: Record<string, string> = {}) =>
    host('freeze', { HoldId: holdId, LeaseSeconds: '60', NotAfterMs: '9999999999999', Volumes: data(), ...more });
  /** Freezing what is frozen is refused, so it is a question that does no harm and does not hang. */
  const writable = async (): Promise<boolean> => {
    const script = '#!/bin/bash\nfsfreeze --freeze /ibdata 2>/dev/null && fsfreeze --unfreeze /ibdata && echo yes\n';
    return (await lab.hosts.runOnSource(script)).stdout.includes('yes');
  };

  test(
    'the lease thaws when nobody does; a command that comes late freezes nothing',
    async () => {
      const lease = { LeaseSeconds: '20' };
      const frozen = await freeze('lease-test', lease);
      expect(frozen).toMatchObject({ frozen: ['/ibdata'], skipped: [] });
      expect(await writable()).toBe(false);
      // Delivered twice, it is done once.
      expect(await freeze('lease-test', lease)).toEqual(frozen);
      // No help from here: only looking.
      while (!(await writable())) await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await host('thaw', { HoldId: 'lease-test' })).toMatchObject({
        resumed: false,
        by: 'lease',
        leaseFired: true,
      });
      expect((await freeze('lease-test')).error?.code).toBe('too-late');
      expect((await freeze('late-test', { NotAfterMs: '1' })).error?.code).toBe('too-late');
      expect(await writable()).toBe(true);
    },
    1 * minutes,
  );

  test(
    'thawed by this run; a thaw that overtakes its freeze forbids it',
    async () => {
      await freeze('plain-test');
      expect(await host('thaw', { HoldId: 'plain-test' })).toMatchObject({
        resumed: true,
        by: 'this',
        leaseFired: false,
      });
      expect(await writable()).toBe(true);
      expect(await host('thaw', { HoldId: 'overtaken' })).toMatchObject({ resumed: false, by: 'nothing-held' });
      expect((await freeze('overtaken')).error?.code).toBe('too-late');
    },
    1 * minutes,
  );

  test(
    'a volume that is not there, and a filesystem that the system needs, are never frozen',
    async () => {
      const absent = await freeze('absent', { Volumes: 'vol-0123456789abcdef0' });
      expect(absent.error).toMatchObject({
        code: 'nothing-to-freeze',
        detail: expect.stringContaining('no such device'),
      });
      // The data volume becomes the place of the journal.
      await lab.hosts.runOnSource(
        '#!/bin/bash\nmkdir -p /ibdata/journal /var/log/journal\nmount --bind /ibdata/journal /var/log/journal\n',
      );
      const system = await freeze('system');
      await lab.hosts.runOnSource('#!/bin/bash\numount /var/log/journal\nrmdir /ibdata/journal\n');
      expect(system.error).toMatchObject({
        code: 'nothing-to-freeze',
        detail: expect.stringContaining('/var/log/journal'),
      });
      expect(await writable()).toBe(true);
    },
    1 * minutes,
  );
});
