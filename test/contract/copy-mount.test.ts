/** mount-copy on real, sound filesystems: whole disks, partitions, labels; and what inspect says of what is no plain mount. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { btrfs, Disks, ext4, hasBtrfs, mountCopy, mountPoint, sh, volumeId, xfs } from './support-disks.ts';

if (!hasBtrfs) process.stdout.write('not tested: btrfs, which the kernel of this computer does not have\n');

let disks: Disks;
beforeAll(() => {
  ensurePrerequisites();
  disks = new Disks();
});
afterAll(() => disks?.stop());

const place = (): string => mountPoint(disks);

describe('a sound filesystem', () => {
  test.each([
    ['xfs', xfs],
    ['ext4', ext4],
    ['ext4', `${ext4} -O metadata_csum,64bit`],
    ['ext3', 'mkfs.ext3 -q -F'],
    ...(hasBtrfs ? [['btrfs', btrfs] as const] : []),
    ['ext4', `${ext4} -O ^metadata_csum,^64bit,^extents`],
  ])('%s (%s) is mounted', (type, makeFilesystem) => {
    const loop = disks.attach(disks.image(400, makeFilesystem));
    const { answer } = mountCopy(disks, loop);
    expect(answer).toMatchObject({ device: '/dev/nvme1n1', filesystem: type, selinux: '' });
  });

  test.each([
    ['xfs', xfs],
    ['ext4', ext4],
  ])('%s is mounted with its journal replayed and its orphans gone, as a freeze leaves it', (type, makeFilesystem) => {
    const source = disks.image(400, makeFilesystem);
    const copy = disks.image(400);
    const folder = place();
    // A file that was deleted while it was open is an orphan of the snapshot.
    sh(`mount -o loop ${source} ${folder}
      trap 'umount ${folder}' EXIT
      mkdir ${folder}/d; for i in $(seq 100); do echo $i >${folder}/d/f$i; done; sync -f ${folder}
      for i in $(seq 100); do mv ${folder}/d/f$i ${folder}/d/g$i; done
      exec 5>${folder}/orphan; echo x >&5; rm ${folder}/orphan; sync -f ${folder}
      fsfreeze --freeze ${folder}; cp --sparse=always ${source} ${copy}; fsfreeze --unfreeze ${folder}; exec 5>&-`);
    const { answer, printed } = mountCopy(
      disks,
      disks.attach(copy),
      {},
      `ls ${folder}/d | grep -c '^g'; ls ${folder}/orphan 2>&1 | grep -c 'No such'`,
    );
    expect(answer).toMatchObject({ filesystem: type, fileCount: 100 });
    expect(printed).toBe('100\n1');
  });

  test('is mounted by the name of its disk where there is no serial number', () => {
    const loop = disks.attach(disks.image(400, xfs));
    expect(mountCopy(disks, loop, { Device: 'xvdf' }).answer).toMatchObject({ device: '/dev/xvdf' });
    expect(mountCopy(disks, loop, { Device: '' }).answer).toMatchObject({ device: '/dev/nvme1n1' });
  });

  test('a disk with neither is not found, and what the host has is said', () => {
    const loop = disks.attach(disks.image(400, xfs));
    const values = {
      VolumeId: volumeId,
      MountPoint: place(),
      WaitSeconds: '1',
      Device: '',
      Partition: '0',
      Filesystem: 'xfs',
    };
    const { answers } = disks.run({ xvdf: loop }, [{ script: 'mount-copy', values }]);
    expect(answers[0]?.error).toMatchObject({
      code: 'device-not-found',
      detail: expect.stringContaining('"name":"xvdf"'),
    });
  });
});

describe('a partition', () => {
  /** A disk with two partitions, of which the second has a filesystem. */
  const partitioned = (makeFilesystem: string, prefix = 'nvme1n1p') => {
    const loop = disks.attach(disks.image(900), '--partscan');
    const first = disks.partition(loop, 1, 1, 100);
    const second = disks.partition(loop, 2, 101, 700);
    sh(`${makeFilesystem} ${second} >/dev/null 2>&1`);
    return { loop, names: { [`${prefix}1`]: first, [`${prefix}2`]: second } };
  };

  test.each([
    ['xfs', xfs],
    ['ext4', ext4],
  ])('is mounted by the number that the source had (%s), inspected, frozen and released', (type, makeFilesystem) => {
    const { loop, names } = partitioned(makeFilesystem);
    const MountPoint = place();
    const host = { MountPoint, Service: 'none', Socket: '/no/socket', DefaultsFile: '' };
    const { answers } = disks.run(
      { nvme1n1: loop, ...names },
      [
        {
          script: 'mount-copy',
          values: { VolumeId: volumeId, MountPoint, WaitSeconds: '1', Device: '', Partition: '2', Filesystem: type },
        },
        { script: 'inspect', values: host },
      ],
      { volume: { [volumeId]: 'nvme1n1' } },
    );
    expect(answers).toMatchObject([
      { device: '/dev/nvme1n1p2', filesystem: type },
      {
        device: '/dev/nvme1n1p2',
        volumeIds: [volumeId],
        disk: 'nvme1n1',
        partition: 2,
        layers: [],
        rootOfMount: '/',
        mountedElsewhere: [],
        disks: [{ name: 'nvme1n1', bytes: 900 * 1024 ** 2, volumeId }],
      },
    ]);
  });

  test('of a disk without a serial number', () => {
    const { loop, names } = partitioned(xfs, 'xvdf');
    const values = {
      VolumeId: volumeId,
      MountPoint: place(),
      WaitSeconds: '1',
      Device: 'xvdf',
      Partition: '2',
      Filesystem: 'xfs',
    };
    const { answers } = disks.run({ xvdf: loop, ...names }, [{ script: 'mount-copy', values }]);
    expect(answers[0]).toMatchObject({ device: '/dev/xvdf2' });
  });

  test('that the copy lacks is missed, which proves nothing', () => {
    const { loop, names } = partitioned(xfs);
    const values = {
      VolumeId: volumeId,
      MountPoint: place(),
      WaitSeconds: '1',
      Device: '',
      Partition: '3',
      Filesystem: 'xfs',
    };
    const { answers } = disks.run({ nvme1n1: loop, ...names }, [{ script: 'mount-copy', values }], {
      volume: { [volumeId]: 'nvme1n1' },
    });
    expect(answers[0]?.error?.code).toBe('partition-not-found');
  });

  test('is taken when it is the only one and nobody knows its number', () => {
    const loop = disks.attach(disks.image(900), '--partscan');
    const only = disks.partition(loop, 1, 1, 700);
    sh(`${xfs} ${only}`);
    const values = {
      VolumeId: volumeId,
      MountPoint: place(),
      WaitSeconds: '1',
      Device: '',
      Partition: '',
      Filesystem: '',
    };
    const { answers } = disks.run({ nvme1n1: loop, nvme1n1p1: only }, [{ script: 'mount-copy', values }], {
      volume: { [volumeId]: 'nvme1n1' },
    });
    expect(answers[0]).toMatchObject({ device: '/dev/nvme1n1p1' });
  });
});

describe('what inspect says of', () => {
  const inspectAt = (
    loop: string,
    makeFilesystem: string,
    before: (mountPoint: string) => string,
    others: Record<string, string> = {},
  ) => {
    const MountPoint = place();
    const values = { MountPoint, Service: 'none', Socket: '/no/socket', DefaultsFile: '' };
    sh(`${makeFilesystem} ${loop} >/dev/null 2>&1`);
    return disks.run({ nvme1n1: loop, ...others }, [{ script: 'inspect', values }], {
      volume: { [volumeId]: 'nvme1n1' },
      before: before(MountPoint),
    }).answers[0];
  };

  test('a folder that is mounted by itself: it is not the whole, and its filesystem is mounted elsewhere', () => {
    const answer = inspectAt(
      disks.attach(disks.image(400)),
      xfs,
      (mountPoint) =>
        `mkdir /run/all; mount /dev/nvme1n1 /run/all; mkdir '/run/all/my data'; mount --bind '/run/all/my data' ${mountPoint}`,
    );
    expect(answer).toMatchObject({ rootOfMount: '/my data', mountedElsewhere: ['/run/all'], volumeIds: [volumeId] });
  });

  (hasBtrfs ? test : test.skip)('a subvolume of a btrfs', () => {
    const answer = inspectAt(
      disks.attach(disks.image(400)),
      btrfs,
      (mountPoint) =>
        `mkdir /run/all; mount /dev/nvme1n1 /run/all; btrfs -q subvolume create /run/all/@data; umount /run/all; mount -o subvol=@data /dev/nvme1n1 ${mountPoint}`,
    );
    expect(answer).toMatchObject({ rootOfMount: '/@data', filesystem: 'btrfs', volumeIds: [volumeId] });
  });

  test('a journal on another device', () => {
    const xfsLog = disks.attach(disks.image(100));
    const external = inspectAt(
      disks.attach(disks.image(400)),
      `mkfs.xfs -q -f -l logdev=${xfsLog},size=64m`,
      (mountPoint) => `mount -t xfs -o logdev=/dev/nvme2n1 /dev/nvme1n1 ${mountPoint}`,
      { nvme2n1: xfsLog },
    );
    expect(external).toMatchObject({ outside: expect.stringMatching(/^logdev=/) });
    const extJournal = disks.attach(disks.image(100));
    sh(`mke2fs -q -F -b 4096 -O journal_dev ${extJournal}`);
    const journal = inspectAt(
      disks.attach(disks.image(400)),
      `mkfs.ext4 -q -F -b 4096 -J device=${extJournal}`,
      (mountPoint) => `mount -t ext4 -o journal_path=/dev/nvme2n1 /dev/nvme1n1 ${mountPoint}`,
      { nvme2n1: extJournal },
    );
    expect(journal?.outside).toMatch(/journal/);
    const plain = inspectAt(disks.attach(disks.image(400)), ext4, (mountPoint) => `mount /dev/nvme1n1 ${mountPoint}`);
    expect(plain).toMatchObject({ outside: '' });
  });

  test('a filesystem that is mounted twice', () => {
    const answer = inspectAt(
      disks.attach(disks.image(400)),
      ext4,
      (mountPoint) => `mkdir /run/all; mount /dev/nvme1n1 /run/all; mount /dev/nvme1n1 ${mountPoint}`,
    );
    expect(answer).toMatchObject({ rootOfMount: '/', mountedElsewhere: ['/run/all'] });
  });
});

/** No kernel that enforces SELinux is at hand: a file and programs stand in for it. */
describe('where SELinux enforces (stand-in)', () => {
  const values = {
    VolumeId: volumeId,
    MountPoint: '/run/copy',
    WaitSeconds: '1',
    Device: '',
    Partition: '0',
    Filesystem: 'xfs',
  };
  /** @param label what the policy says of the mount point */
  const mountLabelled = (label: string, refusesContext: boolean) => {
    const loop = disks.attach(disks.image(400, xfs));
    const programs = `mkdir -p /run/bin /run/selinux; echo 1 >/run/selinux/enforce
      printf '#!/bin/sh\\necho ${label}\\n' >/run/bin/matchpathcon
      cat >/run/bin/mount <<'END'
#!/bin/bash
for one; do echo "$one" >>/run/mounted; done
[[ "$*" != *context=* ]] || ${refusesContext ? 'exit 32' : 'true'}
exec /bin/mount "$\{@//,context=*/}"
END
      chmod +x /run/bin/*; export PATH="/run/bin:$PATH"`;
    const { answers, printed } = disks.run({ nvme1n1: loop }, [{ script: 'mount-copy', values }], {
      volume: { [volumeId]: 'nvme1n1' },
      before: programs,
      after: 'grep context= /run/mounted',
      edit: (text) => text.replaceAll('/sys/fs/selinux/', '/run/selinux/'),
    });
    return { answer: answers[0], printed };
  };

  test.each([
    ['a label of its own', 'system_u:object_r:mysqld_db_t:s0:c1', 'system_u:object_r:mysqld_db_t:s0:c1'],
    ['none', 'system_u:object_r:default_t:s0', 'system_u:object_r:mysqld_db_t:s0'],
  ])('the copy is mounted with one label; the policy has %s for the mount point', (_what, label, expected) => {
    const { answer, printed } = mountLabelled(label, false);
    expect(answer).toMatchObject({ filesystem: 'xfs', selinux: `enforcing, mounted with context=${expected}` });
    expect(printed).toBe(`rw,nouuid,context="${expected}"`);
  });

  test('a label that the kernel does not take is left out, and that SELinux enforces is said', () => {
    expect(mountLabelled('system_u:object_r:default_t:s0', true).answer).toMatchObject({ selinux: 'enforcing' });
  });
});
