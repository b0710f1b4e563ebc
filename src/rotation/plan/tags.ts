/**
 * The tags of the rotation. On instances they are the configuration; on snapshots they say what the snapshot is, until
 * when it is kept, and where it came from. The rotation stores its state nowhere else.
 */
import type { Tags } from '../../domain/ec2.ts';
import { regionName } from '../../domain/patterns.ts';
import { tagNames } from '../../domain/tags.ts';

/** Tags of instances: the configuration. */
export const configurationTags = {
  backup: 'Backup',
  retention: 'Retention',
  copyTo: 'Copy_Dest',
  name: 'Name',
  consistency: 'Consistency',
  document: 'Consistency_Document',
  exclude: 'Exclude_Volumes',
} as const;

/** Tags of snapshots: the documented names, and Holdfast's own. */
export const rotationTags = {
  description: 'Description',
  deleteOn: 'DeleteOn',
  type: 'Type',
  sourceSnapshot: tagNames.primary,
  keepForever: 'KeepForever',
  /** On primaries: the regions to copy to, so that the instance may be gone when the copy is made. */
  copyTo: 'Copy_Dest',
  madeBy: tagNames.madeBy,
  run: tagNames.run,
  integrity: tagNames.integrity,
  valid: tagNames.valid,
  proven: tagNames.proven,
  instance: 'holdfast:instance',
  /** The schedule slot, such as `2026-11-21`: there is one set of snapshots per instance and slot. */
  slot: 'holdfast:slot',
  /** The tiers of the retention that keep it: `daily`, `daily weekly`, `daily monthly`, … */
  keep: 'holdfast:keep',
  /** How the source was quiesced: a `Consistency`. */
  consistency: 'holdfast:consistency',
  /** On copies, whose VolumeId means nothing: volume, region and start time of the primary. */
  volume: 'holdfast:volume',
  sourceRegion: 'holdfast:source-region',
  takenAt: 'holdfast:taken-at',
  /** On copies whose KeepForever came from the primary and goes with it; one that an operator set stays. */
  keptByPrimary: 'holdfast:kept-by-primary',
  /** How long it is locked (src/domain/snapshot-lock.ts). */
  lock: tagNames.lock,
  locked: tagNames.locked,
} as const;

/** The value of `Type` that allows the rotation to delete a snapshot. */
export const automated = 'Automated';
export const madeBy = 'ebs-rotate';

/** Every tag of a snapshot that a decision depends on, but those that are written wrongly (near-miss.ts). */
export const decisiveTags: ReadonlySet<string> = new Set(Object.values(rotationTags));

/** `name (instance-id) - vol-id (device) - region`, the documented form. A tag holds 255 characters. */
export function describeSnapshot(facts: {
  name: string | undefined;
  instanceId: string;
  volumeId: string;
  device: string;
  region: string;
}): string {
  const rest = ` (${facts.instanceId}) - ${facts.volumeId} (${facts.device}) - ${facts.region}`;
  return `${(facts.name ?? facts.instanceId).slice(0, 255 - rest.length)}${rest}`;
}

const described = new RegExp(
  `\\((i-[0-9a-f]{8,17})\\)\\s*-\\s*(vol-[0-9a-f]{8,17}) \\(([^)]*)\\)\\s*-\\s*(${regionName})$`,
);

export interface Described {
  readonly instanceId: string;
  readonly volumeId: string;
  readonly device: string;
  readonly region: string;
}

/** Reads the documented description; copies of the replaced system have these facts nowhere else. */
export function readDescription(text: string): Described | undefined {
  const [, instanceId, volumeId, device, region] = described.exec(text) ?? [];
  // All four or none.
  return volumeId === undefined ? undefined : ({ instanceId, volumeId, device, region } as Described);
}

/** Whether the tool that made the snapshot leaves its deletion to the rotation. */
export function isAutomated(tags: Tags): boolean {
  return tags[rotationTags.type] === automated;
}

/** With any value: nobody can be sure what an operator means by `KeepForever=no`. */
export function isKeptForever(tags: Tags): boolean {
  return tags[rotationTags.keepForever] !== undefined;
}

export function isCopy(tags: Tags): boolean {
  return tags[rotationTags.sourceSnapshot] !== undefined;
}

/** The words of a tag that holds a list, separated by spaces, commas or semicolons. */
export function wordsOf(value: string): string[] {
  return value.split(/[\s,;]+/).filter((word) => word !== '');
}

/** Tags, on instances and on snapshots, by which a snapshot is kept longer or shorter. */
export const retentionTags: ReadonlySet<string> = new Set([
  configurationTags.backup,
  configurationTags.retention,
  rotationTags.deleteOn,
  rotationTags.keepForever,
  rotationTags.keep,
  rotationTags.keptByPrimary,
  rotationTags.lock,
  rotationTags.locked,
  tagNames.expires,
]);
