/** All changes that are made to restored copies of MongoDB's dumps. */
import type { MongoChange } from './changes/change.ts';
import { collectionChanges } from './changes/collections.ts';
import { documentChanges } from './changes/documents.ts';
import { indexChanges } from './changes/indexes.ts';
import { valueChanges } from './changes/values.ts';

export const mongoChanges: readonly MongoChange[] = [
  ...valueChanges,
  ...documentChanges,
  ...collectionChanges,
  ...indexChanges,
];
