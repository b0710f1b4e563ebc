/** The faults of the MongoDB backup. */
import type { Collection } from 'mongodb';
import type { Lab, Undo } from '../../lab.ts';
import { credentialsExpire, truncatedArchive } from '../common-faults.ts';
import { type NamedFault, retry } from '../fault.ts';
import { small } from './sample.ts';

/** Changes a collection of the restored copy once it is complete, while a larger one is still being restored. */
function changeCopy(change: (collection: Collection) => Promise<unknown>): NamedFault['arrange'] {
  return ({ mongodb }: Lab): Undo =>
    retry(5, async () => {
      if (mongodb === undefined) throw new Error('this lab has no MongoDB: it was started without the seed for it');
      const { client } = mongodb.scratch;
      const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
      // The copy has a name that does not tell which database it is of.
      const copies = databases.filter(({ name }) => name.startsWith('holdfast_scratch_'));
      const collections = copies.map(({ name }) => client.db(name).collection(small.collection));
      const counts = await Promise.all(collections.map((one) => one.countDocuments()));
      const collection = collections[counts.indexOf(small.documents)];
      if (collection === undefined) return false;
      await change(collection);
      return true;
    });
}

export const mongodbFaults: readonly NamedFault[] = [
  credentialsExpire,
  truncatedArchive,
  {
    name: 'exec-cut',
    description: 'kubectl exec loses all that mongodump writes after 10 kB, and ends with status 0',
    ends: 'failed',
    arrange: ({ cluster }: Lab) => {
      if (cluster === undefined) throw new Error('this lab has no cluster: it was started without the seed for it');
      // Each mongodump, also that which only tells its version.
      cluster.disturb({ kind: 'cut', after: 10_000 }, 'mongodump', Number.POSITIVE_INFINITY);
      return () => cluster.disturb(undefined);
    },
  },
  {
    name: 'missing-collection',
    description: 'a collection of the restored copy is missing',
    ends: 'bad',
    arrange: changeCopy((collection) => collection.drop()),
  },
  {
    name: 'lost-documents',
    description: 'documents of a restored collection are missing',
    ends: 'bad',
    arrange: changeCopy((collection) => collection.deleteMany({ name: 'Name 7' })),
  },
];
