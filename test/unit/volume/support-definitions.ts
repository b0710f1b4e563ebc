/** What hosts print of definitions, and what is read of it. */
import { gzipSync } from 'node:zlib';
import type { DefinitionFact, Definitions } from '../../../src/domain/definitions.ts';
import { readDefinitions } from '../../../src/volume/definitions/read.ts';

export const hex = (text: string): string => Buffer.from(text).toString('hex');
const nonce = 'holdfast-7-7';

/** The client's escapes in batch mode. */
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\0', '\\0');

export interface Shown {
  readonly names: readonly string[];
  readonly rows?: readonly (readonly string[])[];
}

function output(objects: readonly (readonly [kind: string, shown: Shown])[]): string {
  const lines = objects.flatMap(([kind, { names, rows = [] }]) => [
    [nonce, kind, ...names.map(hex)].join('\t'),
    ...rows.map((row) => row.map(escaped).join('\t')),
  ]);
  return gzipSync(Buffer.from([...lines, `${nonce}\tend`, ''].join('\n'))).toString('base64');
}

export function read(
  objects: readonly (readonly [kind: string, shown: Shown])[],
  more: Partial<Definitions> = {},
): Definitions {
  const base = {
    takenAt: '2026-11-20T03:00:00.000Z',
    seconds: 1,
    serverVersion: '10.11.19-MariaDB',
    account: 'root@localhost',
  };
  return { ...readDefinitions({ ...base, lowerCaseTableNames: 0, nonce, output: output(objects) }), ...more };
}

export const factOf = (kind: string, shown: Shown): DefinitionFact | undefined => read([[kind, shown]]).objects[0];
