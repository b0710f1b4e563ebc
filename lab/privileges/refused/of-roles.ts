/** What each role must be refused in EC2, SSM and S3. */
import { ofBuckets } from './of-buckets.ts';
import { ofRotation } from './of-rotation.ts';
import { ofVolumes } from './of-volumes.ts';
import type { Rows } from './things.ts';

export const ofRoles: Rows = { ...ofVolumes, ...ofRotation, ...ofBuckets };
