/** Changes of retention that were made in AWS itself, from CloudTrail's events: who, when, what. Pure. */
import { retentionTags } from '../../rotation/plan/tags.ts';
import type { AccountChange, AccountEvent } from './input.ts';

/** Events of snapshots and tags, in each region with backups (EC2 API reference). */
export const snapshotEvents = ['DeleteSnapshot', 'CreateTags', 'DeleteTags', 'LockSnapshot', 'UnlockSnapshot'] as const;

/**
 * Events of buckets, in their region: lifecycle, object lock, versions (S3 user guide, "Amazon S3 CloudTrail events"). The event of
 * PutObjectLockConfiguration is asked for under both names that AWS's pages have for it.
 */
export const bucketEvents = [
  'PutBucketLifecycle',
  'DeleteBucketLifecycle',
  'PutBucketObjectLockConfiguration',
  'PutObjectLockConfiguration',
  'PutBucketVersioning',
  'DeleteBucket',
] as const;

/** Resources that a row names; the others are counted. */
const mostNamed = 20;
const longestDetail = 400;

/** @param buckets in which receipts and dumps are kept */
export function accountChanges(
  events: readonly AccountEvent[],
  buckets: ReadonlySet<string>,
): readonly AccountChange[] {
  const rows = new Map<string, AccountChange & { readonly resources: string[] }>();
  const oldestFirst = events.toSorted((a, b) => (a.at === b.at ? compare(a.id, b.id) : compare(a.at, b.at)));
  for (const event of oldestFirst) {
    const { resources, detail } = whatOf(event);
    if (!matters(event, resources, detail, buckets)) continue;
    const { name, region, refused } = event;
    const by = whoOf(event);
    // What Holdfast's own runs do each night is one row, and that of anybody else one for each day.
    const day = by.own ? '' : event.at.slice(0, 10);
    const key = JSON.stringify([day, name, region, by.who, refused, by.own ? '' : detail]);
    const row = rows.get(key);
    const named = row?.resources ?? [];
    for (const one of resources) if (named.length < mostNamed && !named.includes(one)) named.push(one);
    rows.set(key, {
      at: row?.at ?? event.at,
      last: event.at,
      calls: (row?.calls ?? 0) + 1,
      event: name,
      region,
      ...by,
      resources: named,
      ...(detail === '' || by.own ? {} : { detail }),
      ...(refused === undefined ? {} : { refused }),
    });
  }
  return [...rows.values()];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function matters({ name }: AccountEvent, resources: readonly string[], detail: string, buckets: ReadonlySet<string>) {
  if ((bucketEvents as readonly string[]).includes(name)) return resources.some((one) => buckets.has(one));
  return name === 'CreateTags' || name === 'DeleteTags' ? detail !== '' : true;
}

/**
 * Runs of Holdfast name their sessions `holdfast-ACTION-RUN-ATTEMPT`. Whoever may assume a role may give a session that name: the role is
 * named, too.
 */
function whoOf({ caller, through }: AccountEvent): Pick<AccountChange, 'who' | 'own'> {
  const [, role = '', session = ''] = /:assumed-role\/([^/]+)\/(.+)$/.exec(caller) ?? [];
  const own = /^holdfast-[a-z-]+-.+-\d+$/.test(session);
  const name =
    session === '' ? caller.replace(/^arn:[^:]*:(iam|sts)::/, '') : own ? `role ${role}` : `${role}/${session}`;
  return { who: `${name || 'not told'}${through === undefined ? '' : ` through ${through}`}`, own };
}

function whatOf({ name, parameters }: AccountEvent): {
  readonly resources: readonly string[];
  readonly detail: string;
} {
  if (name === 'CreateTags' || name === 'DeleteTags') {
    const { resourcesSet, tagSet } = (parameters ?? {}) as Readonly<
      Record<string, { readonly items?: unknown } | null>
    >;
    const ids = itemsOf(resourcesSet).map(({ resourceId }) => String(resourceId ?? ''));
    const tags = itemsOf(tagSet).filter(({ key }) => retentionTags.has(String(key ?? '')));
    return {
      resources: ids,
      detail: tags.map(({ key, value }) => `${key}${value === undefined ? '' : `=${value}`}`).join(', '),
    };
  }
  if ((bucketEvents as readonly string[]).includes(name)) {
    const { bucketName, Host: _host, ...others } = (parameters ?? {}) as Readonly<Record<string, unknown>>;
    const told = Object.fromEntries(Object.entries(others).filter(([, value]) => typeof value === 'object'));
    return { resources: [String(bucketName ?? '')], detail: jsonOf(told) };
  }
  // LockSnapshot words its parameters otherwise than DeleteSnapshot does.
  const text = JSON.stringify(parameters ?? {});
  const lock = name === 'LockSnapshot' ? jsonOf(parameters) : '';
  return { resources: [...new Set(text.match(/\bsnap-[0-9a-f]+/g) ?? [])], detail: lock };
}

function itemsOf(set: { readonly items?: unknown } | null | undefined): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(set?.items) ? set.items : [];
}

const jsonOf = (value: unknown): string => {
  const text = JSON.stringify(value ?? {});
  return text === '{}' ? '' : text.slice(0, longestDetail);
};
