/** Where moto 5.2.5 and the lab differ: whole runs of ebs-rotate. */
import type { KnownDifference } from '../../../points.ts';

export const ofRuns: readonly KnownDifference[] = [
  {
    point: /^retention: .*: descriptions$/,
    right: 'Holdfast',
    why: 'moto ignores CopyTagsFromSource, so that its sets have no description until the next run.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html',
  },
  {
    point: /^ebs-rotate: (primaries|copies) after run [12]: list\[\d\]\.(tags\.Description|Description)$/,
    right: 'Holdfast',
    why: 'moto ignores CopyTagsFromSource, by which snapshots get the description of their volume.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html',
  },
];
