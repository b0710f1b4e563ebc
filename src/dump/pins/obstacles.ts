/** What keeps a pin from holding, looked for before anything is changed. */
import type { DumpReceipt } from '../../domain/dump.ts';
import type { Tags } from '../../domain/ec2.ts';
import type { LifecycleRule } from '../../domain/s3.ts';
import { s3Url } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';
import { AwsError, BackupError } from '../../runtime/errors.ts';
import { isOwnKey, ownKey } from '../files.ts';
import { hasOwnVersion, versionsOfDump } from '../retention/versions.ts';
import { tagsOf } from './marks.ts';

/** Where a pinned file is, or will be. */
export interface PinnedObject {
  readonly key: string;
  readonly tags: Tags;
}

/**
 * The rules that delete current objects, and apply to a pinned file. What rules say of versions concerns none: each is the current
 * one of a key of its own.
 */
export function rulesAgainstPin(
  files: readonly PinnedObject[],
  rules: readonly LifecycleRule[],
): readonly LifecycleRule[] {
  return rules.filter(
    ({ enabled, prefix, expirationDays, tags: wanted = {} }) =>
      enabled &&
      expirationDays !== undefined &&
      files.some(
        ({ key, tags }) =>
          key.startsWith(prefix) && Object.entries(wanted).every(([name, value]) => tags[name] === value),
      ),
  );
}

/** `the lifecycle rule "x" of dumps deletes objects under db/ after 90 days, so a pin does not hold`. */
export function ruleInWords(bucket: string, { id, prefix, expirationDays }: LifecycleRule): string {
  const where = prefix === '' ? 'all objects' : `objects under ${prefix}`;
  return `the lifecycle rule "${id}" of ${bucket} deletes ${where} after ${expirationDays} days, so a pin does not hold`;
}

function pinnedObjects(receipt: DumpReceipt): readonly PinnedObject[] {
  const pinned = { ...receipt, marking: { keepForever: true, label: receipt.label } };
  return receipt.files.map((file) => ({
    key: isOwnKey(file.key, receipt.takenAt) ? file.key : ownKey(file, receipt.takenAt),
    tags: tagsOf(pinned, file),
  }));
}

/**
 * @returns what could not be checked, in words
 * @throws BackupError when a file is gone, or a rule of the bucket would delete it all the same
 */
export async function refuseFutilePin(objects: Objects, receipt: DumpReceipt): Promise<readonly string[]> {
  for (const file of receipt.files)
    if (!(await isThere(objects, receipt, file)))
      throw new BackupError({
        what: `the ${file.kind} file of ${receipt.takenAt} is gone (${s3Url(file)}), so the dump cannot be pinned; nothing was changed`,
        likelyCause: "the bucket's lifecycle has deleted the version, or a later dump took its place",
        fix: 'pin a dump that is still there',
        code: 'dump-gone',
      });
  const { bucket } = receipt;
  const rules = await objects.lifecycle(bucket).catch((error: unknown) => {
    if (error instanceof AwsError && (error.kind === 'denied' || error.kind === 'unsupported')) return error;
    throw error;
  });
  if (rules instanceof AwsError)
    return [`the lifecycle of ${bucket} cannot be read, so nobody checks that no rule deletes the dump: ${rules.what}`];
  const [rule] = rulesAgainstPin(pinnedObjects(receipt), rules);
  if (rule === undefined) return [];
  throw new BackupError({
    what: `${ruleInWords(bucket, rule)}; nothing was changed`,
    likelyCause: 'the rule has Expiration with Days, which deletes current objects, pinned ones too',
    fix: 'give the rule a filter that these files do not match, or let Holdfast delete (keep-as: dated and keep)',
    code: 'pin-futile',
  });
}

async function isThere(objects: Objects, receipt: DumpReceipt, file: DumpReceipt['files'][number]): Promise<boolean> {
  const { bucket, key } = file;
  const own = { bucket, key: ownKey(file, receipt.takenAt) };
  const found = hasOwnVersion(file)
    ? await objects.metadata(file).then(
        () => true,
        (error: unknown) => {
          if (error instanceof AwsError && error.kind === 'not-found') return false;
          throw error;
        },
      )
    : (await versionsOfDump(objects, { bucket, key }, receipt)).length > 0;
  // A copy of an earlier attempt will do.
  return found || (!isOwnKey(key, receipt.takenAt) && (await versionsOfDump(objects, own, receipt)).length > 0);
}
