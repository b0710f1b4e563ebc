/** A snapshot as a kept backup, from its tags alone. Snapshots of other tools are none. */
import type { KeptBackup, Proof } from '../../domain/backup.ts';
import type { Snapshot, Tags } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { takenAt, volumeOf } from '../../rotation/plan/origin.ts';
import {
  decisiveTags,
  isAutomated,
  isCopy,
  isKeptForever,
  readDescription,
  rotationTags,
} from '../../rotation/plan/tags.ts';

/** A label that somebody gave a snapshot. */
export const labelTag = 'holdfast:label';

/** The tags of snapshots that are kept in memory. */
export const tagsToKeep: ReadonlySet<string> = new Set([...decisiveTags, ...Object.values(tagNames), labelTag]);

/** @returns undefined for a snapshot that Holdfast did not make; the source of a volume's copy is empty */
export function snapshotBackup(snapshot: Snapshot, region: string): KeptBackup | undefined {
  return snapshot.tags[tagNames.madeBy] === 'ib-snapshot'
    ? volumeSnapshot(snapshot, region)
    : rotationSnapshot(snapshot, region);
}

function volumeSnapshot(one: Snapshot, region: string): KeptBackup | undefined {
  const source = one.tags[tagNames.source];
  const receiptKey = one.tags[tagNames.receipt];
  // A copy has no tag with its source: who reads all snapshots finds its primary.
  if (source === undefined && !isCopy(one.tags)) return undefined;
  return {
    source: source ?? '',
    kind: 'volume-snapshot',
    ...common(one, region),
    ...(receiptKey === undefined ? {} : { receiptKey }),
    ...(isCopy(one.tags) ? {} : { volumeId: one.volumeId }),
  };
}

/**
 * Of ebs-rotate, or of the system that it replaced, which has the same tags and no tag of its own: the description says of what
 * it is.
 */
function rotationSnapshot(one: Snapshot, region: string): KeptBackup | undefined {
  const { tags } = one;
  const text = tags[rotationTags.description] ?? one.description;
  const described = readDescription(text);
  const instanceId = tags[rotationTags.instance] ?? described?.instanceId;
  if (instanceId === undefined) return undefined;
  if (tags[rotationTags.madeBy] !== 'ebs-rotate' && !isAutomated(tags)) return undefined;
  const volumeId = volumeOf(one, region)?.id;
  return {
    source: nameIn(text, instanceId) ?? instanceId,
    kind: 'rotation-snapshot',
    ...common(one, region),
    instanceId,
    ...(volumeId === undefined ? {} : { volumeId }),
  };
}

/** The name of the instance at the time of the snapshot: what stands before its id. */
function nameIn(description: string, instanceId: string): string | undefined {
  const at = description.indexOf(` (${instanceId})`);
  return at < 1 ? undefined : description.slice(0, at);
}

type Common = Pick<
  KeptBackup,
  | 'takenAt'
  | 'id'
  | 'region'
  | 'copyOf'
  | 'bytes'
  | 'verdict'
  | 'proofs'
  | 'pinned'
  | 'label'
  | 'unprovable'
  | 'problem'
>;

function common(one: Snapshot, region: string): Common {
  const { tags, state, stateMessage } = one;
  const primary = tags[rotationTags.sourceSnapshot];
  const verdict = verdictIn(tags);
  const label = tags[labelTag];
  return {
    takenAt: new Date(takenAt(one)).toISOString(),
    id: one.id,
    region,
    ...(primary === undefined ? {} : { copyOf: { region: tags[rotationTags.sourceRegion] ?? '', id: primary } }),
    ...(one.fullBytes === undefined ? {} : { bytes: one.fullBytes }),
    verdict,
    proofs: proofsIn(tags, verdict),
    pinned: isKeptForever(tags),
    ...(label === undefined ? {} : { label }),
    ...unprovableBy(one, verdict),
    ...(state === 'error' ? { problem: `its snapshot failed: ${stateMessage ?? 'AWS gives no reason'}` } : {}),
  };
}

/** What its tags say: the last proof, and an attempt after it that said nothing. */
function proofsIn(tags: Tags, verdict: Verdict): readonly Proof[] {
  const run = { key: tags[tagNames.run] ?? '', url: '' };
  const [proven, tried] = [timeIn(tags, tagNames.proven), timeIn(tags, tagNames.tried)];
  const seconds = secondsIn(tags[tagNames.proven]);
  const last: readonly Proof[] =
    proven === undefined || verdict === 'unproven'
      ? []
      : [{ at: proven, verdict, run, ...(seconds === undefined ? {} : { seconds }) }];
  if (tried === undefined || (last[0] && last[0].at >= tried)) return last;
  return [{ at: tried, verdict: 'unproven', run }, ...last];
}

/** @returns ISO 8601; undefined for a tag that is no time */
function timeIn(tags: Tags, name: string): string | undefined {
  const time = Date.parse(tags[name]?.split(' ')[0] ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** What stands after the time; what somebody else wrote there is none. */
function secondsIn(tag: string | undefined): number | undefined {
  const text = tag?.split(' ')[1] ?? '';
  return /^\d{1,7}$/.test(text) ? Number(text) : undefined;
}

/** Of whose snapshots the role that verifies may make volumes (infra/holdfast.yml, FromOwnSnapshots). */
const makers: ReadonlySet<string> = new Set(['ib-snapshot', 'ebs-rotate']);

function unprovableBy({ tags, tier }: Snapshot, verdict: Verdict): Pick<KeptBackup, 'unprovable'> {
  const inside = tags[tagNames.tried]?.split(' ').slice(1) ?? [];
  if (verdict === 'unproven' && inside.length > 0)
    return { unprovable: `nothing here can look into ${inside.join(' and ')}` };
  if (tier === 'archive') return { unprovable: 'it is in the archive tier, from where it must be restored first' };
  if (!makers.has(tags[tagNames.madeBy] ?? ''))
    return { unprovable: `it is by another system (tag ${tagNames.madeBy}), and the role may not make a volume of it` };
  return {};
}

/** Both names under which verdicts were kept, and whatever their case. */
function verdictIn(tags: Tags): Verdict {
  const integrity = tags[tagNames.integrity]?.toLowerCase();
  if (integrity === 'good' || integrity === 'bad') return integrity;
  const valid = tags[tagNames.valid]?.toLowerCase();
  return valid === 'true' ? 'good' : valid === 'false' ? 'bad' : 'unproven';
}
