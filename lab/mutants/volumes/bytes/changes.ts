/** Changes of bytes, by what the files are for. */
import type { ByteChange } from '../change.ts';
import { innodbChanges } from './innodb-changes.ts';
import { otherChanges } from './other-changes.ts';
import { systemChanges } from './system-changes.ts';

const nothing = (): void => {};

export const byteChanges: readonly ByteChange[] = [
  ...innodbChanges,
  ...otherChanges,
  ...systemChanges,
  { kind: 'equal', what: 'the copy of a source that was stopped', copy: 'stopped', edit: nothing },
  { kind: 'equal', what: 'the copy of a source that was frozen', copy: 'frozen', edit: nothing },
];
