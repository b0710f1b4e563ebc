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
  'takenAt' | 'id' | 'region' | 'copyOf' | 'bytes' | 'verdict' | 'proofs' | 'pinned' | 'label' | 'problem'
>;

function common(one: Snapshot, region: string): Common {
  const { tags, state, stateMessage } = one;
  const primary = tags[rotationTags.sourceSnapshot];
  const verdict = verdictIn(tags);
  const at = tags[tagNames.proven];
  const run = { key: tags[tagNames.run] ?? '', url: '' };
  const proof: Proof | undefined = at === undefined || verdict === 'unproven' ? undefined : { at, verdict, run };
  const label = tags[labelTag];
  return {
    takenAt: new Date(takenAt(one)).toISOString(),
    id: one.id,
    region,
    ...(primary === undefined ? {} : { copyOf: { region: tags[rotationTags.sourceRegion] ?? '', id: primary } }),
    ...(one.fullBytes === undefined ? {} : { bytes: one.fullBytes }),
    verdict,
    proofs: proof === undefined ? [] : [proof],
    pinned: isKeptForever(tags),
    ...(label === undefined ? {} : { label }),
    ...(state === 'error' ? { problem: `its snapshot failed: ${stateMessage ?? 'AWS gives no reason'}` } : {}),
  };
}

/** Both names under which verdicts were kept, and whatever their case. */
function verdictIn(tags: Tags): Verdict {
  const integrity = tags[tagNames.integrity]?.toLowerCase();
  if (integrity === 'good' || integrity === 'bad') return integrity;
  const valid = tags[tagNames.valid]?.toLowerCase();
  return valid === 'true' ? 'good' : valid === 'false' ? 'bad' : 'unproven';
}
