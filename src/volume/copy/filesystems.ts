/**
 * What the filesystems of a volume say of it that nobody took a fingerprint of: they mount with their journals replayed, every file can
 * be read, and their own checkers find nothing. Damage is only what a checker of a filesystem with a journal says in its own words
 * (e2fsck(8), xfs_repair(8), btrfs-check(8)); everything else that is not sound leaves the volume unproven.
 */
import type { CheckResult } from '../../domain/verification.ts';
import type { HostAnswer } from '../../host/catalogue/catalogue.ts';
import { judgeRead } from '../verdict.ts';

/** A partition, or the whole disk. */
export type Part = HostAnswer<'check-filesystems'>['parts'][number];

/** Filesystems that are mounted, read, and checked where there is a checker. */
const readable = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'vfat']);
/** What holds nothing to be restored. */
const withoutData = new Set(['swap']);
/**
 * A partition without any filesystem that may well have none: those for BIOS boot and PReP are of a few MiB (GRUB manual, "BIOS
 * installation"; 4 MiB on Ubuntu, 8 on POWER), and Microsoft's reserved one is of 16.
 */
const smallBytes = 16 * 1024 ** 2;

/** Where it is, for people. */
export function partName({ partition }: Part): string {
  return partition === 0 ? 'the disk' : `partition ${partition}`;
}

export function mountable(parts: readonly Part[]): readonly Part[] {
  return parts.filter(({ filesystem }) => readable.has(filesystem));
}

function isEmptyByNature({ filesystem, table, bytes, partition }: Part): boolean {
  return withoutData.has(filesystem) || (filesystem === '' && table === '' && partition !== 0 && bytes <= smallBytes);
}

/** What is on the volume that this version cannot look into, such as `LVM2_member` or `ntfs`; empty when it can look into all of it. */
export function unsupportedIn(parts: readonly Part[]): readonly string[] {
  const names = parts.flatMap(({ filesystem }) =>
    filesystem === '' || readable.has(filesystem) || withoutData.has(filesystem) ? [] : [filesystem],
  );
  return [...new Set(names)];
}

/** Reading a filesystem. One without a file is as it was made, which is no damage. */
export function judgePartRead(part: Part, answer: HostAnswer<'read-data'>): CheckResult {
  const name = `every file of ${partName(part)} read`;
  if (answer.files === 0 && answer.errors.length === 0) return { name, outcome: 'passed', detail: 'it holds no file' };
  return { ...judgeRead(answer), name };
}

/** Names of the checks of which at least one must have passed. */
export function decisiveNames(parts: readonly Part[]): ReadonlySet<string> {
  return new Set(parts.map(checkName));
}

const checkName = (part: Part): string => `filesystem of ${partName(part)}`;

/** @param parts as they are once the checkers ran */
export function judgeParts(parts: readonly Part[]): readonly CheckResult[] {
  return parts.flatMap((part) => (isEmptyByNature(part) ? [] : [{ name: checkName(part), ...judgePart(part) }]));
}

type Judged = Pick<CheckResult, 'outcome' | 'detail' | 'output'>;

function judgePart(part: Part): Judged {
  const { filesystem, table, checker, status, output, journal } = part;
  const words = output.trim() === '' ? {} : { output };
  const unproven = (detail: string): Judged => ({ outcome: 'unproven', detail, ...words });
  if (filesystem === '')
    return unproven(
      table === ''
        ? 'blkid finds no filesystem, which may be how it was, or damage'
        : `the verification host cannot read its partition table (${table})`,
    );
  if (!readable.has(filesystem)) return unproven(`${filesystem} cannot be looked into`);
  if (checker === '') return { outcome: 'not-compared', detail: `${filesystem} has no checker that is used` };
  const [program = ''] = checker.split(' ');
  if (status === null)
    return unproven(`${program} did not run: it is not on the verification host, or read-timeout is over`);
  if (status === 0) return { outcome: 'passed', detail: `${filesystem}: ${checker} finds nothing` };
  const ended = `${checker} ended with status ${status}`;
  const damaged = findsDamage(program, status, output);
  if (!damaged) return unproven(`${filesystem}: ${ended}, which does not say that it is damaged`);
  if (!journal) return unproven(`${filesystem} without a journal: ${ended}; a host that runs leaves it so`);
  return { outcome: 'failed', detail: `${filesystem}: ${ended}: ${lastLine(output)}`, ...words };
}

/** Of what only the host is to blame: an old program, memory, the block device. */
const ofTheHost =
  /unsupported|unknown .*feature|newer version|more recent|out of memory|cannot allocate|can't allocate|malloc|input\/output error|fatal error|device or resource busy|is mounted/i;

/**
 * - e2fsck: status 4, "File system errors left uncorrected"; with 8, an operational error, or more, nothing is certain.
 * - xfs_repair -n: "will return a status of 1 if filesystem corruption was detected".
 * - btrfs check: any failure is 1, so only its own words count.
 */
function findsDamage(program: string, status: number, output: string): boolean {
  if (ofTheHost.test(output)) return false;
  if (program === 'e2fsck') return status === 4;
  if (program === 'xfs_repair') return status === 1;
  return status === 1 && /errors? found|checksum verify failed/i.test(output);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
