/** Hosts, reached through SSM. */
import type { HostAnswer, HostParameters, HostScript } from '../host/catalogue/catalogue.ts';

export interface HostCommand<S extends HostScript = HostScript> {
  readonly script: S;
  readonly parameters: HostParameters<S>;
  /** Seconds the script may run on the host once delivered. */
  readonly timeoutSeconds: number;
  /** Seconds the command may wait for the agent; 30 at least, as AWS demands. */
  readonly deliverySeconds?: number;
  /** How often the result is asked for: `pause` while a source is quiesced, `long` for work of minutes. */
  readonly pace?: 'pause' | 'normal' | 'long';
}

/** Runs the host scripts. */
export interface Hosts {
  /**
   * Whether the host's agent answers now.
   * @param launchedAt when the instance was started, if known: what was heard of its agent before does not count
   * @throws BackupError with the code `agent-too-old` when the agent answers but cannot run the scripts
   */
  reachable(instanceId: string, launchedAt?: Date): Promise<{ online: boolean; detail: string }>;
  /**
   * @returns the script's answer, checked against the catalogue
   * @throws HostError when the script itself answered with an error (its code, message and detail), or with an answer
   *   that does not fit (code `unreadable-answer`)
   * @throws AwsError when the machinery between here and the script failed
   */
  run<S extends HostScript>(instanceId: string, command: HostCommand<S>, signal?: AbortSignal): Promise<HostAnswer<S>>;
}
