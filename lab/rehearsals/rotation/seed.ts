/**
 * Three regions with instances for every combination of tags, and the snapshots of a year, some of which should have
 * been deleted long ago. The source host is rotated too, with a freeze and a document of its own.
 */
import type { RegionSeed } from '../../services/aws/ec2/model/seed.ts';
import type { LabSeed } from '../seed.ts';
import { hookDocument } from './hook-document.ts';
import { addTaggedInstances } from './instances.ts';
import { RegionDrafts } from './regions.ts';
import { addSpecialCases } from './special-cases.ts';

/** The tags by which the source host is rotated. */
const sourceTags = {
  Backup: 'Yes',
  Retention: '7d 4w 12m',
  Copy_Dest: 'eu-west-1',
  Consistency: 'freeze',
  Consistency_Document: hookDocument.name,
};

export const rotationSeed: LabSeed = {
  sourceTags,
  documents: new Map([[hookDocument.name, hookDocument.content]]),
  regions: seedRegions,
  // There are hundreds of snapshots: they are completed sooner than the others of the lab.
  ec2: { delays: { snapshot: 1000, copy: 1000 }, pageSize: 1000 },
  variables: ({ aws }) => ({
    HOLDFAST_ROTATE_ROLE: aws.roles.RotateRole ?? '',
    HOLDFAST_PLAN_ROLE: aws.roles.PlanRole ?? '',
    HOLDFAST_ROTATE_MAX_PAUSE: '20s',
    // Copies take seconds here: one run waits for all of them.
    HOLDFAST_ROTATE_COPY_WAIT: '5m',
  }),
};

/** What the three regions hold on the day `now`. */
export function seedRegions(now: Date): readonly RegionSeed[] {
  const regions = new RegionDrafts(now);
  const count = addTaggedInstances(regions);
  addSpecialCases(regions, count);
  return regions.all;
}
