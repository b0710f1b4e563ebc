/** What the changes of a rotation run in. */
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import type { WorkContext } from '../../runtime/context.ts';

/** A change that failed. It does not stop the others. */
export interface Failure {
  /** "copy snap-1 to eu-west-1". */
  readonly what: string;
  readonly error: unknown;
}

export interface Execution extends WorkContext {
  readonly regions: Ec2Regions;
  /** Gives numbers from 0 to 1 that spread the waits of retries. */
  readonly random: () => number;
  readonly failed: (failure: Failure) => void;
}

/** Changes under way at once; the pace of the AWS session sets their rate. */
export const concurrency = 8;
