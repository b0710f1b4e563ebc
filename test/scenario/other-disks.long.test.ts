/** Nights on hosts whose disks have no serial numbers, partitions, another filesystem; and on one with an old agent. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DiskOptions, dataVolumeId, source } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { hostScripts as hostTexts } from '../../src/host/texts.ts';
import { backup, minutes, nothingLeft, wrong } from './support-nights.ts';

const variants: readonly [string, DiskOptions, { device: string; partition: number; disk: string }][] = [
  [
    'Xen, the second partition, XFS',
    { hypervisor: 'xen', filesystem: 'xfs', partition: 2 },
    { device: '/dev/xvdf2', partition: 2, disk: 'xvdf' },
  ],
  [
    'Xen with the kernel of RHEL 6, ext4',
    { hypervisor: 'xen-rhel6', filesystem: 'ext4', partition: 0 },
    { device: '/dev/xvdj', partition: 0, disk: 'xvdj' },
  ],
  [
    'Nitro, the first partition, ext4',
    { hypervisor: 'nitro', filesystem: 'ext4', partition: 1 },
    { device: '/dev/nvme1n1p1', partition: 1, disk: 'nvme1n1' },
  ],
];

describe.each(variants)('%s', (_what, disks, { device, partition, disk }) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ disks, vars: { HOLDFAST_IB_MAX_PAUSE: '20s' } });
  }, 300_000);
  afterAll(async () => {
    await lab?.stop();
  }, 120_000);

  const host = async (name: 'inspect' | 'freeze' | 'thaw', values: Record<string, string>) => {
    const given = Object.entries(values).map(([key, value]) => `export SSM_${key}='${value}'`);
    const { stdout } = await lab.hosts.runOnSource(`#!/bin/bash\n${given.join('\n')}\n${hostTexts[name]}`);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  test('the host sees its disks as such a host does', async () => {
    const values = { MountPoint: '/ibdata', Service: 'mysqld-ib', Socket: '/tmp/mysql-ib.sock' };
    expect(await host('inspect', values)).toMatchObject({
      device,
      partition,
      disk,
      filesystem: disks.filesystem,
      volumeIds: disks.hypervisor === 'nitro' ? [dataVolumeId] : [],
      layers: [],
    });
  });

  test(
    'a night is good, twice: the second finds nothing left of the first',
    async () => {
      for (let night = 0; night < 2; night += 1) {
        const run = await backup(lab);
        expect({ conclusion: run.conclusion, summary: run.summary }).toMatchObject({ conclusion: 'success' });
        expect(await wrong(lab, run, 'good')).toEqual([]);
        expect(await nothingLeft(lab)).toEqual([]);
      }
    },
    6 * minutes,
  );

  test('it is frozen by the name of its disk, and without that only where serial numbers tell', async () => {
    const hold = { HoldId: 'by-name', LeaseSeconds: '120', NotAfterMs: '9999999999999', Volumes: dataVolumeId };
    expect(await host('freeze', { ...hold, Devices: `${dataVolumeId}=${disk}` })).toMatchObject({
      frozen: ['/ibdata'],
    });
    expect(await host('thaw', { HoldId: 'by-name' })).toMatchObject({ resumed: true });
    const blind = await host('freeze', { ...hold, HoldId: 'blind' });
    if (disks.hypervisor === 'nitro') expect(blind).toMatchObject({ frozen: ['/ibdata'] });
    else
      expect(blind).toMatchObject({
        error: { code: 'nothing-to-freeze', detail: expect.stringContaining('no such device') },
      });
    await host('thaw', { HoldId: 'blind' });
  });
});

describe('a source with an old agent', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({});
    lab.aws.ssm.agentVersion(source.id, '3.2.2303.0');
  }, 300_000);
  afterAll(async () => {
    await lab?.stop();
  }, 120_000);

  test(
    'is refused before anything is sent to it',
    async () => {
      const run = await backup(lab);
      expect(run.conclusion).toBe('failure');
      expect(run.summary).toMatch(/version 3\.2\.2303\.0, and Holdfast's documents need 3\.3\.2746\.0/);
      expect(run.summary).toContain('AWS-UpdateSSMAgent');
      expect(lab.log.records.filter((one) => one.operation === 'SendCommand')).toEqual([]);
    },
    3 * minutes,
  );
});
