/** The error of a run that found a kept dump to be other than good. */
import type { DumpReceipt } from '../../../domain/dump.ts';
import { BackupError } from '../../../runtime/errors.ts';
import { formatTime } from '../../../runtime/format.ts';

const page = 'docs/runbook.md#a-kept-backup-is-lost-or-bad';

/** The reason of the first file that is not good; what is lost or bad comes before what could not be tried. */
export function notProven({ takenAt, verdict, proof }: DumpReceipt): BackupError {
  const row =
    proof.find((one) => one.verdict === 'bad') ??
    proof.find(({ gone }) => gone) ??
    proof.find((one) => one.verdict === verdict);
  const { kind = 'archive', findings = [], likelyCause, fix } = row ?? {};
  const of = `the ${kind} file of the dump of ${formatTime(takenAt)}`;
  const detail = findings.join('\n');
  if (row?.verdict === 'bad')
    return new BackupError({
      what: `${of} is bad: ${findings[0] ?? 'it differs from its receipt'}`,
      likelyCause: likelyCause ?? 'the file was damaged in the bucket, or replaced',
      fix: `do not rely on this dump: pin another good one (${page})`,
      detail,
      code: 'kept-bad',
    });
  if (row?.gone)
    return new BackupError({
      what: `${of} is lost: ${findings[0] ?? ''}`,
      likelyCause,
      fix,
      detail,
      code: 'kept-gone',
    });
  return new BackupError({
    what: `${of} could not be proven: ${findings[0] ?? 'nothing was restored'}`,
    likelyCause: likelyCause ?? 'the server that restores lacks what a restore needs',
    fix:
      fix ??
      'read the findings (docs/runbook.md#the-dump-is-unproven); the dump is kept, and its verdict is what it was',
    detail,
    code: 'dump-unproven',
  });
}
