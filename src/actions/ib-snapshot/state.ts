/** What the main step leaves for the post step, saved before the source is quiesced. */
import type { HostParameters } from '../../host/catalogue/catalogue.ts';

/** The state's name in the runner's state file. */
export const heldState = 'held';

export interface Held {
  readonly instanceId: string;
  readonly holdId: string;
  readonly hostParameters: HostParameters<'inspect'>;
}
