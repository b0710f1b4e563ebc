/**
 * The tags by which snapshots are rotated. On instances they are the configuration; on snapshots they say what the
 * snapshot is, until when it is kept, and where it came from. Nothing else is stored anywhere.
 */
import type { Tags } from '../../domain/ec2.ts';
import { tagNames } from '../../domain/tags.ts';

/** On instances: what is to be done. */
export const configurationTags = {
  backup: 'Backup',
  retention: 'Retention',
  copyTo: 'Copy_Dest',
  name: 'Name',
  consistency: 'Consistency',
  document: 'Consistency_Document',
  exclude: 'Exclude_Volumes',
} as const;

/** On snapshots: the documented names, and Holdfast's own. */
export const rotationTags = {
  description: 'Description',
  deleteOn: 'DeleteOn',
  type: 'Type',
  sourceSnapshot: 'Source_SnapshotId',
  keepForever: 'KeepForever',
  /** On primaries: where to copy to, so that a copy needs no instance any more. */
  copyTo: 'Copy_Dest',
  madeBy: tagNames.madeBy,
  run: tagNames.run,
  integrity: tagNames.integrity,
  valid: tagNames.valid,
  instance: 'holdfast:instance',
  /** The schedule slot, such as `2026-11-21`: one set of snapshots for each instance and slot. */
  slot: 'holdfast:slot',
  /** For how long the retention holds it: `daily`, `daily weekly`, `daily monthly`, … */
  keep: 'holdfast:keep',
  /** How the source was brought to rest: `crash`, `freeze`, `document`, `document freeze` or `vss`. */
  consistency: 'holdfast:consistency',
  /** On copies, whose own VolumeId says nothing: the volume, the region and the moment of the primary. */
  volume: 'holdfast:volume',
  sourceRegion: 'holdfast:source-region',
  takenAt: 'holdfast:taken-at',
  /** On copies whose KeepForever came from the primary, and goes with it; one that an operator set stays. */
  keptByPrimary: 'holdfast:kept-by-primary',
} as const;

/** The value of `Type` without which nothing is ever deleted. */
export const automated = 'Automated';
export const madeBy = 'ebs-rotate';

/** Every tag of a snapshot that a decision looks at; others need not be held in memory. */
export const decisiveTags: ReadonlySet<string> = new Set(Object.values(rotationTags));

/** `name (instance-id) - vol-id (device) - region`, the documented form. EC2 keeps 255 characters of a tag. */
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

const described = /\((i-[0-9a-f]{8,17})\)\s*-\s*(vol-[0-9a-f]{8,17}) \(([^)]*)\)\s*-\s*([a-z]{2}(?:-[a-z]+)+-\d)$/;

export interface Described {
  readonly instanceId: string;
  readonly volumeId: string;
  readonly device: string;
  readonly region: string;
}

/** What the documented description says of a snapshot; copies of the replaced system say it nowhere else. */
export function readDescription(text: string): Described | undefined {
  const [, instanceId, volumeId, device, region] = described.exec(text) ?? [];
  // All four or none.
  return volumeId === undefined ? undefined : ({ instanceId, volumeId, device, region } as Described);
}

/** Whether the snapshot was made by a backup tool that leaves its deletion to the rotation. */
export function isAutomated(tags: Tags): boolean {
  return tags[rotationTags.type] === automated;
}

/** Whatever its value: an operator who writes `KeepForever=no` is better asked than obeyed. */
export function isKeptForever(tags: Tags): boolean {
  return tags[rotationTags.keepForever] !== undefined;
}

export function isCopy(tags: Tags): boolean {
  return tags[rotationTags.sourceSnapshot] !== undefined;
}

/** Words of a tag that lists things, parted by spaces, commas or semicolons. */
export function wordsOf(value: string): string[] {
  return value.split(/[\s,;]+/).filter((word) => word !== '');
}
