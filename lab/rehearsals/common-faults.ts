/** Faults that several jobs meet: each lists them beside its own. */
import { type NamedFault, override } from './fault.ts';

export const credentialsExpire: NamedFault = {
  name: 'credentials-expire',
  description: 'role sessions last only seconds and expire in the middle of the run',
  ends: 'good',
  // A dump takes less time than the backup of a volume.
  arrange: ({ aws, databases, mysql, mongodb }) =>
    override(aws.sts, 'sessionSeconds', databases || mysql || mongodb ? 2 : 10),
};

export const truncatedArchive: NamedFault = {
  name: 'truncated-archive',
  description: 'the second half of each file in the bucket is lost',
  ends: 'bad',
  arrange: ({ aws }) => override(aws.s3, 'truncate', '.gz'),
};
