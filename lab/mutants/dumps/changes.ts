/** The changes to restored dumps, and the SQL of their source. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as shared from '../changes.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
export const textOf = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');

export const readChanges = (): readonly shared.Change[] => shared.readChanges(folder);
