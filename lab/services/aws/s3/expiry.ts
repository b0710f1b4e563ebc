/**
 * What the lifecycle of a bucket does, which S3 does once a day and nobody sees (S3 user guide, "Expiring objects" and "Lifecycle
 * configuration elements"). Time is given, so that a test may look years ahead.
 */
import { deleteMarker } from './deletion.ts';
import { type Bucket, discard, type LifecycleRule, type ObjectVersion, type Store } from './store.ts';

const day = 86_400_000;

/** Does everything that is due. */
export function applyLifecycle(store: Store, now: Date): void {
  for (const bucket of store.buckets.values())
    for (const rule of bucket.settings.lifecycle) {
      if (!rule.enabled) continue;
      for (const [key, versions] of bucket.objects) {
        if (!key.startsWith(rule.prefix)) continue;
        bucket.objects.set(key, withoutNoncurrent(versions, rule, now));
        expireCurrent(store, bucket, key, rule, now);
        if (bucket.objects.get(key)?.length === 0) bucket.objects.delete(key);
      }
      abortUploads(bucket, rule, now);
    }
}

/** Days are counted from a moment, and end at the next midnight (same page, "How Amazon S3 calculates …"). */
function isDue(since: Date, days: number, now: Date): boolean {
  return now.getTime() >= Math.ceil((since.getTime() + days * day) / day) * day;
}

/** A rule with tags applies to a version that has all of them: "This tag must exist in the object's tag set" (LifecycleRuleFilter). */
function applies({ tags = {} }: LifecycleRule, version: ObjectVersion): boolean {
  return Object.entries(tags).every(([key, value]) => version.tags[key] === value);
}

/** Oldest first. A version is noncurrent since its successor was written. Locked versions stay. */
function withoutNoncurrent(versions: readonly ObjectVersion[], rule: LifecycleRule, now: Date): ObjectVersion[] {
  const { noncurrentDays, newerNoncurrentVersions: kept = 0 } = rule;
  if (noncurrentDays === undefined) return [...versions];
  const gone = versions.filter((version, at) => {
    const next = versions[at + 1];
    const newer = versions.length - 2 - at;
    return next !== undefined && newer >= kept && isDue(next.at, noncurrentDays, now) && isFree(version, rule, now);
  });
  for (const { pieces } of gone) discard(pieces);
  return versions.filter((one) => !gone.includes(one));
}

function isFree(version: ObjectVersion, rule: LifecycleRule, now: Date): boolean {
  return applies(rule, version) && (version.retention === undefined || version.retention.until <= now);
}

/** A current object is hidden by a delete marker, and only in a bucket without versions is it gone. */
function expireCurrent(store: Store, bucket: Bucket, key: string, rule: LifecycleRule, now: Date): void {
  const current = bucket.current(key);
  if (rule.expirationDays === undefined || current === undefined) return;
  if (!applies(rule, current) || !isDue(current.at, rule.expirationDays, now)) return;
  const versions = bucket.objects.get(key) ?? [];
  if (bucket.settings.versioned)
    bucket.objects.set(key, [...versions, { ...deleteMarker(store.nextVersion(bucket)), at: now }]);
  else {
    discard(current.pieces);
    bucket.objects.set(key, []);
  }
}

function abortUploads({ uploads }: Bucket, { prefix, abortUploadDays }: LifecycleRule, now: Date): void {
  if (abortUploadDays === undefined) return;
  for (const upload of [...uploads.values()])
    if (upload.key.startsWith(prefix) && isDue(upload.at, abortUploadDays, now)) {
      discard([...upload.parts.values()]);
      uploads.delete(upload.id);
    }
}
