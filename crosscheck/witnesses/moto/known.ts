/** Where moto 5.2.5 and the lab differ, by cause, and the page that says who is right. */
import type { KnownDifference } from '../../points.ts';
import { ofDeployments } from './known/deployments.ts';
import { ofEc2 } from './known/ec2.ts';
import { ofRuns } from './known/runs.ts';
import { ofS3 } from './known/s3.ts';
import { ofStacks } from './known/stacks.ts';

export const known: readonly KnownDifference[] = [...ofEc2, ...ofS3, ...ofStacks, ...ofDeployments, ...ofRuns];
