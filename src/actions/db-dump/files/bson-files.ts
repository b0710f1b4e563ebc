/** Makes the anonymised file of MongoDB. */
import { BackupError } from '../../../runtime/errors.ts';
import type { FileMaker } from './file-maker.ts';

export class BsonFiles implements FileMaker {
  readonly make: FileMaker['make'] = async () => {
    throw new BackupError({ what: 'dumps of MongoDB cannot be anonymised' });
  };
}
