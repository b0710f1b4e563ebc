/** SSM documents of the users' own, run around a snapshot. */
import type { Tags } from '../domain/ec2.ts';

/** The two halves of an SSM document that brings an application to rest (the parameter `command` of DLM's documents). */
export type HookCommand = 'pre-script' | 'post-script';

/** SSM documents of the users' own that run before and after a snapshot, and AWS's for Windows. */
export interface Hooks {
  /** @throws AwsError when it did not end well */
  run(instanceId: string, document: string, command: HookCommand, timeoutSeconds: number): Promise<void>;
  /** Leaves it to AWS to run `post-script` at that time, whatever becomes of this run. @returns the lease's id */
  arm(instanceId: string, document: string, at: Date): Promise<string>;
  disarm(leaseId: string): Promise<void>;
  /** Leases that earlier runs left on the instance. */
  leases(instanceId: string): Promise<string[]>;
  /** Runs AWS's VSS document, which makes the snapshots itself, with these tags. */
  vss(
    instanceId: string,
    options: { description: string; excludeRoot: boolean; tags: Tags; timeoutSeconds: number },
  ): Promise<void>;
}
