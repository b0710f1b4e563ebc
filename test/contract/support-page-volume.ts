/** Every command of docs/restore-volume.md, on the bare host of restore-pages.long.test.ts. */
import { beforeAll, expect, test } from '@jest/globals';
import { volumeCommand } from '../../src/report/render/restore-text.ts';
import { bare, expectTyped, lost, volumes } from './support-bare.ts';
import { it, minutes, read, way } from './support-page-on-host.ts';
import { blocksBelow } from './support-restore-pages.ts';

export function volumePage(): void {
  const page = 'docs/restore-volume.md';
  const proven = 'Of the newest proven snapshot';
  const rotated = 'Of the newest snapshot of the rotation';
  const clicks = 'count(*)\n40000\n';
  const receipt = 'receipts/ib01.prod/1.json';

  beforeAll(async () => {
    const { account, host } = it;
    const { mysql } = { mysql: (await account.shell('id -u mysql; id -g mysql')).stdout.trim().split('\n') };
    // A host with the software of the database, whose account has the number that it has on the source.
    const software = `groupadd --system --gid ${mysql[1]} mysql && useradd --system --uid ${mysql[0]} --gid mysql mysql
      apt-get update -qq && apt-get install -qq --yes --no-install-recommends mariadb-server >&2
      systemd-tmpfiles --create mysqld-ib.conf`;
    await expectTyped(host, software, { DEBIAN_FRONTEND: 'noninteractive' });
    // The disk that is lost is attached, too, and its filesystem mounted: it has the same UUID.
    await host.attach('vol-0dddddddddddddddd', it.original, '/dev/sdx');
    await expectTyped(host, 'mkdir /damaged && mount /dev/nvme1n1 /damaged');
    // What ib-snapshot and verify-volume leave: the newest proven snapshot is not the newest.
    const { stdout, stderr } = await account.shell(`
      echo '{"verification": {"recoverySeconds": 2.76}}' | aws s3 cp - s3://${account.aws.receiptBucket}/${receipt} >&2
      tags='{Key=holdfast:source,Value=ib01.prod},{Key=holdfast:receipt,Value=${receipt}}'
      for one in '${volumes.xfs},good' '${volumes.ext4},bad'; do
        id=$(aws ec2 create-snapshot --volume-id "\${one%,*}" --query SnapshotId --output text \\
          --tag-specifications "ResourceType=snapshot,Tags=[$tags,{Key=Integrity,Value=\${one#*,}}]")
        aws ec2 wait snapshot-completed --snapshot-ids "$id" && echo "$id"
      done`);
    expect({ made: stdout.trim().split('\n').length, stderr: stderr.replaceAll(/.*upload.*|\r|\n/g, '') }).toEqual({
      made: 2,
      stderr: '',
    });
    for (const mode of ['create', 'copy']) {
      await it.act('ebs-rotate', { 'aws-region': 'us-east-1', mode });
      await account.shell('sleep 4');
    }
  }, 5 * minutes);

  const placeholders = (volume: string, region: keyof typeof bare = 'us-east-1') => ({
    'i-0123456789abcdef0': bare[region],
    'us-east-1a': `${region}a`,
    'vol-0123456789abcdef0': volume,
  });
  const stopped = 'systemctl stop mysqld-ib && umount /ibdata';

  test.each([
    ['the newest proven snapshot', proven, 'XFS', volumes.xfs, 'us-east-1'],
    ['the newest snapshot of the rotation', rotated, 'XFS', volumes.xfs, 'us-east-1'],
    ['a partition', rotated, 'XFS on a partition', volumes.partition, 'us-east-1'],
    ['ext4', rotated, 'ext4', volumes.ext4, 'us-east-1'],
    ['a copy in another region', rotated, 'XFS', volumes.xfs, 'eu-west-1'],
  ] as const)(
    '%s: the first query is answered as on the source',
    async (_what, snapshot, mounted, volume, region) => {
      const blocks = blocksBelow(page, snapshot, mounted, '4. Ask it');
      expect(await way(blocks, placeholders(volume, region), it.person('volumes', region))).toBe(clicks);
      await expectTyped(it.host, stopped);
      // The original is mounted.
      if (mounted === 'XFS')
        expect((await it.host.type('test -b /dev/nvme2n1 || exit 1; mount /dev/nvme2n1 /mnt')).exitCode).toBe(32);
      await giveBack(region);
    },
    3 * minutes,
  );

  test(
    'on the host where the old volume is mounted and in use: the new one covers it',
    async () => {
      await expectTyped(it.host, 'umount /damaged && mount /dev/nvme1n1 /ibdata && systemctl start mysqld-ib');
      const blocks = blocksBelow(page, '1. Only on the damaged host: stop the database', proven, 'XFS', '4. Ask it');
      expect(await way(blocks, placeholders(volumes.xfs), it.person('volumes'))).toBe(clicks);
      const { stdout } = await it.host.type(`findmnt --noheadings --output SOURCE /ibdata\n${stopped} && ${stopped}`);
      expect(stdout).toBe('/dev/nvme1n1\n/dev/nvme2n1\n');
      await giveBack('us-east-1');
    },
    3 * minutes,
  );

  /** Takes the restored volume off the host. */
  async function giveBack(region: keyof typeof bare): Promise<void> {
    const { status, stderr } = await it.account.shell(`export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
      volume=$(aws ec2 describe-volumes --output text --query 'Volumes[0].VolumeId' \\
        --filters Name=attachment.instance-id,Values=${bare[region]} Name=attachment.device,Values=/dev/sdg)
      aws ec2 detach-volume --volume-id "$volume" && aws ec2 wait volume-available --volume-ids "$volume"`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }

  test('the summary prints the command of the page', () => {
    const text = read(blocksBelow(page, proven), { 'us-east-1a': 'ZONE' });
    const [, made = ''] = /"\$\{VOLUME:=\$\(\n +(aws ec2 create-volume [\s\S]*)\)\}"\n/.exec(text) ?? [];
    expect(volumeCommand('snap-0')).toBe(`VOLUME=$(${made.replace(/"\$\([\s\S]*\)"/, 'snap-0')})`);
  });

  test(
    'the snapshots say what there is, and the receipt how long it takes',
    async () => {
      const environment = it.person('volumes');
      const text = read(blocksBelow(page, 'What there is'), { 'i-0123456789abcdef0': lost, 'RECEIPT-KEY': receipt });
      const shown = await expectTyped(it.host, text, environment);
      expect(shown).toMatch(
        /snap-\w+\t\S+\tcompleted\tgood\treceipts\/ib01\.prod\/1\.json\nsnap-\w+\t\S+\tcompleted\tbad\t/,
      );
      for (const volume of Object.values(volumes)) expect(shown).toMatch(new RegExp(`completed\\t.*${volume}`));
      expect(shown).toContain('"recoverySeconds": 2.76');
    },
    minutes,
  );
}
