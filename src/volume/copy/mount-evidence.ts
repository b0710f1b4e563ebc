/**
 * Why a copy could not be mounted: damage, or a host that cannot read what is sound. mount(8) says "wrong fs type, bad superblock"
 * for every EINVAL, also for features that the kernel is too old for, so only the kernel's own log decides. Texts: Linux,
 * fs/xfs, fs/ext4, fs/jbd2, fs/btrfs, of series 3.10 to 6.18.
 */

/** Words in a log, and what they mean. */
export interface Sign {
  readonly pattern: RegExp;
  /** For damage: why it is damage. For a doubt: what it is instead. */
  readonly means: string;
  /** What to do about a doubt. */
  readonly fix?: string;
}

const newerKernel = 'use a verification host whose kernel is as new as that of the source';

/** Each of these wins over every sign of damage: kernels of series 3.10 call a superblock corrupt whose features they do not know. */
export const mountDoubts: readonly Sign[] = [
  {
    pattern:
      /unknown (incompatible|incompat|read-only compatible|ro-?compat\w*|compat\w*|log\w*|feature)|unknown\/unsupported/i,
    means: 'the filesystem has features that the kernel of the verification host does not know',
    fix: newerKernel,
  },
  {
    pattern:
      /unsupported (optional )?feature|couldn't mount .*(unsupported|feature)|unrecogni[sz]ed features|incompatible .*feature/i,
    means: 'the filesystem has features that the kernel of the verification host does not support',
    fix: newerKernel,
  },
  {
    pattern:
      /without (support|CONFIG_)|not (built|compiled) in|deprecated V4|V4 .*(not supported|disabled)|feature.*not (enabled|supported)|cannot load \w+ driver|unsupported (filesystem )?(blocksize|block size|sector ?size|checksum)|file ?system with blocksize|only pagesize|not supported on this/i,
    means: 'the kernel of the verification host was built without what this filesystem needs',
    fix: newerKernel,
  },
  {
    pattern:
      /unrecogni[sz]ed (log|item)|unknown log item|log .*(incompatible format|version .*not supported)|dirty log written in/i,
    means: 'the journal was written by another kernel or on another architecture, and this one cannot replay it',
    fix: 'use a verification host with the same kernel series and architecture as the source',
  },
  {
    pattern:
      /external (?:log|journal|real-?time)|specify (?:logdev|rtdev)|(?:open|find|read|load) .*(?:journal|log) device|journal UUID does not match/i,
    means: 'its journal, or another part of it, is on a device of its own, which no snapshot of the volume holds',
    fix: 'make the journal internal on the source',
  },
  {
    // What follows is only what the kernel makes of it: "SB validate failed", of whatever error.
    pattern:
      /XFS.*(?:bad version|size of \d+ bytes not supported|can ?not be safely mounted by this kernel|device supports \d+ byte sectors|for sparse inodes)|too large to (?:be )?mount|driver is not loaded/i,
    means: 'the kernel of the verification host cannot read filesystems of this kind',
    fix: newerKernel,
  },
  {
    pattern: /duplicate UUID|already mounted|UUID .*in use|same fsid|device .*belongs to fsid/i,
    means: 'another filesystem with the same UUID is on the verification host',
    fix: 'detach it from the verification host',
  },
  {
    pattern: /write access unavailable|on (a )?read-?only (device|block)|recovery required on readonly/i,
    means: 'the journal must be replayed, and the device cannot be written to',
  },
  {
    // XFS also says "metadata I/O error … error 74", of a checksum.
    pattern:
      /Buffer I\/O error|I\/O error, dev |metadata I\/O error.*error 5\b|failed: Input\/output error|critical (medium|target|space) error|timeout, (aborting|reset)|errno=-5/i,
    means: 'the device could not be read, which is not what the snapshot holds',
    fix: 'run the verification again; if it stays, look at the volume in the console (status checks)',
  },
  { pattern: /out of memory|error -12\b|page allocation failure/i, means: 'the verification host ran out of memory' },
];

/** What only damage makes the kernel say, of this very device. */
export const mountDamage: readonly Sign[] = [
  {
    pattern: /XFS.*(Metadata (CRC error|corruption) detected|metadata CRC error)/i,
    means: 'a block of metadata does not match its own checksum, or is not what it says it is (xfs_verifier_error)',
  },
  {
    pattern: /XFS.*(Corruption (of in-memory data )?detected|Internal error|Corruption warning)/i,
    means: 'structures of the filesystem contradict each other (EFSCORRUPTED)',
  },
  {
    pattern:
      /XFS.*(failed|error).*-(117|74)\b|XFS.*SB validate failed with error (117|74)\b|XFS.*(bad|wrong) (clientid|magic)|XFS.*Invalid superblock magic/i,
    means: 'the kernel ended with EFSCORRUPTED or EFSBADCRC, or found no superblock where the source had one',
  },
  {
    pattern:
      /XFS.*(SB (sanity|stripe).*failed|superblock (has|is) (bad|corrupt)|failed to find (log|valid log)|empty log check failed)/i,
    means: 'superblock or journal hold values that are impossible',
  },
  {
    pattern: /EXT[34]-fs error/i,
    means: 'the kernel found a contradiction in the metadata (ext4_error)',
  },
  {
    pattern:
      /EXT[34]-fs.*(group descriptors corrupted|checksum .*(failed|invalid)|invalid superblock checksum|invalid (journal inode|log|s_)|journal inode is deleted|no journal (found|inode)|root inode|corrupt root|inodes? (table|bitmap) .*(not in group|overlaps))/i,
    means: 'superblock, group descriptors or journal do not match their checksums, or point outside of the filesystem',
  },
  {
    pattern: /(VFS: )?(Can't|Cannot) find (an )?ext[234] filesystem|EXT[34]-fs.*bad magic/i,
    means: 'there is no superblock where the source had one',
  },
  {
    pattern:
      /JBD2?: .*(no valid journal superblock|journal .*(corrupt|checksum error)|invalid .*(tag|block)|IO error.*recovering.*checksum)|error -?(117|74) .*journal/i,
    means: 'the journal does not match its checksums, so it cannot be replayed',
  },
  {
    pattern:
      /bad geometry: block count \d+ exceeds size of device|attempt to access beyond end of device|(sector|want)=\d+.* limit=\d+|file ?system size exceeds|device total_bytes should be at most|device too small/i,
    means: 'the filesystem is longer than the volume: its end is missing',
  },
  {
    pattern:
      /BTRFS.*(checksum verify failed|bad tree block|corrupt leaf|corrupt node|superblock checksum mismatch|parent transid verify failed|superblock contains fatal errors|failed to read (chunk|tree) root|no valid .*super)/i,
    means: 'blocks of its trees do not match their checksums',
  },
];

export type Judgement =
  | { readonly kind: 'damage'; readonly reason: string; readonly words: string }
  | { readonly kind: 'doubt'; readonly reason: string; readonly fix: string | undefined };

const noEvidence = 'the kernel says nothing that shows damage';

/** @param detail what the script `mount-copy` answered with: one line for each fact, its kind in front */
export function judgeMount(detail: string): Judgement {
  const lines = detail.split('\n');
  const kernel = lines.filter((line) => line.startsWith('kernel: ')).map((line) => line.slice('kernel: '.length));
  const doubt = firstSign(
    mountDoubts,
    lines.filter((line) => /^(kernel|mount): /.test(line)),
  );
  if (doubt) return { kind: 'doubt', reason: `${doubt.sign.means}: ${doubt.line}`, fix: doubt.sign.fix };
  if (!lines.includes('kernel log: read'))
    return {
      kind: 'doubt',
      reason: "the kernel's log could not be read, and mount's own words do not tell damage from an old kernel",
      fix: 'look at the log on the verification host: dmesg, or journalctl -k',
    };
  const damage = firstSign(mountDamage, kernel);
  if (damage === undefined) return { kind: 'doubt', reason: noEvidence, fix: undefined };
  // A disk that was told by its name alone could be another, however unlikely: what it lacks proves nothing.
  const absent = /magic|find (an )?ext/i.test(damage.line);
  if (absent && lines.includes('identified: by name'))
    return {
      kind: 'doubt',
      reason: `the disk has no serial number that shows it to be the copy: ${damage.line}`,
      fix: undefined,
    };
  return { kind: 'damage', reason: damage.sign.means, words: damage.line };
}

/** The first of these signs, and the line that it is in. */
export function firstSign(
  signs: readonly Sign[],
  lines: readonly string[],
): { readonly sign: Sign; readonly line: string } | undefined {
  for (const line of lines) {
    const sign = signs.find(({ pattern }) => pattern.test(line));
    if (sign) return { sign, line: line.trim() };
  }
  return undefined;
}
