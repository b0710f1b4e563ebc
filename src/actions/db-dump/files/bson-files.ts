/** Makes the anonymised file of MongoDB, in the format of the archive. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namesPath } from '../../../anonymize/bson/fields/collection-plan.ts';
import { anonymizeDump } from '../../../anonymize/bson/pipeline/anonymize-dump.ts';
import type { AnonymizeReport } from '../../../anonymize/pipeline/anonymize.ts';
import { noRules } from '../../../anonymize/rules/file/rules-file.ts';
import type { AnonymisedChanges } from '../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../ports/dump-engine.ts';
import type { AnonymisedProof, FileMaker, FileRequest } from './file-maker.ts';

export class BsonFiles implements FileMaker {
  readonly make: FileMaker['make'] = async (request) => {
    const { archive, anonymised: upload, settings, signal, onProgress, onComplete } = request;
    if (upload === undefined) return undefined;
    const folder = mkdtempSync(join(dirname(archive), 'anonymised-'));
    try {
      const report = await anonymizeDump({
        open: () => createReadStream(archive, { highWaterMark: 1024 * 1024 }),
        sink: (bytes) => upload.write(bytes),
        rules: settings.rules,
        strict: settings.rules !== noRules,
        key: settings.anonymizeKey,
        level: settings.compressionLevel,
        folder,
        signal,
        onProgress,
      });
      onComplete('anonymised', report.writtenBytes);
      return { report, changes: (source) => changesOf(settings, report, source) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  readonly expected: FileMaker['expected'] = expectedOf;
}

function changesOf(
  { rules }: FileRequest['settings'],
  { changed }: AnonymizeReport,
  source: DescribedFingerprint,
): AnonymisedChanges {
  const isKept = (name: string): boolean => (rules.tables.get(name)?.rows ?? 'keep') === 'keep';
  return {
    rowsLeftOut: source.tables.map(({ name }) => name).filter((name) => !isKept(name)),
    ...(changed ? { changed: Object.fromEntries([...changed].map(([name, paths]) => [name, [...paths]])) } : {}),
    definitionsChanged: [...withAddresses(source)],
  };
}

/** A copy of the same dump stands for it: it says what the dump holds, also of documents that moved meanwhile. */
function expectedOf({ source, changes, copy }: AnonymisedProof): ReturnType<FileMaker['expected']> {
  const rowsLeftOut = new Set(changes.rowsLeftOut);
  const definitionsChanged = new Set([...(changes.definitionsChanged ?? []), ...withAddresses(source, copy)]);
  const told =
    definitionsChanged.size === 0
      ? []
      : [
          `of definitions with addresses, which the anonymised file replaces, only their number was compared: ${definitionsChanged.size}`,
        ];
  if (copy === undefined)
    return {
      source,
      anonymised: { rowsLeftOut, definitionsChanged },
      notes: [
        'values that the rules leave alone were not compared: no other file of this dump was restored with all its documents before',
        ...told,
      ],
    };
  // Names that only the dump has are in this file, too; of their documents and definitions the copy says all.
  const held = source.held && { ...source.held, tables: [] };
  const { tables, definitions = source.definitions, sql = source.sql } = copy;
  return {
    source: { ...source, tables, definitions, sql, after: undefined, held },
    anonymised: { rowsLeftOut, changed: fieldsOf(changes.changed), definitionsChanged },
    notes: told,
  };
}

/** `*` stands for a field whose name is data; so it does for one whose name was replaced. */
function fieldsOf(changed: AnonymisedChanges['changed']): Anonymised['changed'] {
  if (changed === undefined) return undefined;
  const field = (path: string): string => (path === namesPath ? '*' : path);
  return new Map(Object.entries(changed).map(([name, paths]) => [name, new Set(paths.map(field))]));
}

/** How an address may be written, in text and in what holds text. */
const address = /[@\uff20\ufe6b]|%(25)*40|u0040|x40|&#(64|x40);|Binary\(/i;

/** Definitions with addresses in validators, filters, pipelines or names of indexes: the anonymiser replaces them, too. */
function withAddresses(...all: readonly (DescribedFingerprint | undefined)[]): ReadonlySet<string> {
  const ids = new Set(all.flatMap((one) => Object.keys(one?.definitions ?? {})));
  return new Set([...ids].filter((id) => address.test(id) || all.some((one) => address.test(one?.sql?.get(id) ?? ''))));
}
