/** Hosts, reached through SSM. */

/** The Bash scripts under src/host, by file name without `.sh`; in AWS each is an SSM document. */
export type HostScript =
  | 'inspect'
  | 'fingerprint'
  | 'quiesce'
  | 'resume'
  | 'freeze'
  | 'thaw'
  | 'mount-copy'
  | 'read-data'
  | 'start-copy'
  | 'check-icm'
  | 'release-copy'
  | 'progress'
  | 'dump-inspect'
  | 'dump-start'
  | 'dump-state'
  | 'dump-upload'
  | 'dump-finish'
  | 'read-result';

export interface HostCommand {
  readonly script: HostScript;
  readonly parameters: Readonly<Record<string, string>>;
  /** Seconds the script may run on the host once delivered. */
  readonly timeoutSeconds: number;
  /** Seconds the command may wait for the agent; 30 at least, as AWS demands. */
  readonly deliverySeconds?: number;
  /** How eagerly the result is asked for: `pause` while the source is at rest, `long` for work of minutes. */
  readonly pace?: 'pause' | 'normal' | 'long';
}

/** Runs the scripts on hosts and gives back the JSON of their last line. */
export interface Hosts {
  /** Whether the host's agent answers now. */
  reachable(instanceId: string): Promise<{ online: boolean; detail: string }>;
  /**
   * @throws HostError when the script itself answered with an error (its code, message and detail)
   * @throws AwsError when the machinery between here and the script failed
   */
  run<T>(instanceId: string, command: HostCommand, signal?: AbortSignal): Promise<T>;
}
