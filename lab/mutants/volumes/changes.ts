/** All changes to copies of volumes. */
import { fileURLToPath } from 'node:url';
import { type Change, readChanges as readSql } from '../changes.ts';
import { byteChanges } from './bytes/changes.ts';
import type { VolumeChange } from './change.ts';

export function readChanges(): readonly VolumeChange[] {
  const statements: readonly Change[] = readSql(fileURLToPath(new URL('./', import.meta.url)));
  return [...statements, ...byteChanges];
}
