/** Faults that several jobs meet: each lists them beside its own. */
import { type NamedFault, override } from './fault.ts';

export const credentialsExpire: NamedFault = {
  name: 'credentials-expire',
  description: 'role sessions last only seconds and expire in the middle of the run',
  ends: 'good',
  // A dump takes less time than the backup of a volume.
  arrange: ({ aws, databases }) => override(aws.sts, 'sessionSeconds', databases ? 2 : 10),
};
