/** A source that is written to while a backup is taken: the snapshot lacks what the second fingerprint has. */

import type { Hosts } from '../../../src/ports/hosts.ts';
import { source } from '../../hosts/pair.ts';
import type { Manner } from './actions.ts';

/** What is written, and how the source is made as it was: other backups are compared with the same copy. */
const written = {
  between: `INSERT INTO customs.parcels VALUES ('new', 1, 'new'); INSERT INTO customs.visits VALUES ('2025-03-04', 0);`,
  after: `DELETE FROM customs.parcels WHERE id = 'new'; DELETE FROM customs.visits WHERE amount = 0;`,
};

/** Only where a fingerprint before the pause is compared with one after it, by ranges, writers make a difference. */
const isWrittenTo = (manner: Manner): boolean =>
  manner.fingerprint === 'auto' && manner['fingerprint-under-lock'] === 'false';

/** @param write runs statements on the source @param take takes the backup by the hosts that it is given */
export async function whileWritten<T>(
  manner: Manner,
  hosts: Hosts,
  write: (statements: string) => Promise<unknown>,
  take: (hosts: Hosts) => Promise<T>,
): Promise<T> {
  if (!isWrittenTo(manner)) return take(hosts);
  let prints = 0;
  const result = await take({
    reachable: (id) => hosts.reachable(id),
    run: async (id, command, signal) => {
      if (id === source.id && command.script === 'fingerprint') {
        prints += 1;
        if (prints === 2) await write(written.between);
      }
      return hosts.run(id, command, signal);
    },
  });
  await write(written.after);
  if (prints !== 2) throw new Error(`the source was read ${prints} times`);
  return result;
}
