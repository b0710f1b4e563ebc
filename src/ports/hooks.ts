/** SSM documents that run around a snapshot. */
import type { Tags } from '../domain/ec2.ts';

/** The two halves of a document that quiesces an application: the values of the parameter `command` of DLM's documents. */
export type HookCommand = 'pre-script' | 'post-script';

/** Runs users' own SSM documents before and after a snapshot, and AWS's VSS document on Windows. */
export interface Hooks {
  /** @throws AwsError when the command fails, or when nobody knows how it ended */
  run(instanceId: string, document: string, command: HookCommand, timeoutSeconds: number): Promise<void>;
  /**
   * Makes the host run `post-script` after these seconds, whatever becomes of this run.
   * @returns the lease's id, once the host has begun to wait
   */
  arm(instanceId: string, document: string, seconds: number): Promise<string>;
  /** Takes a lease back; one that has ended is left as it is. */
  disarm(leaseId: string): Promise<void>;
  /** Ids of the leases that have not ended on the instance, those of earlier runs included. */
  leases(instanceId: string): Promise<string[]>;
  /** Runs AWS's VSS document, which makes the snapshots itself, with these tags. */
  vss(
    instanceId: string,
    options: { description: string; excludeRoot: boolean; tags: Tags; timeoutSeconds: number },
  ): Promise<void>;
}
