/** Makes the anonymised file of MongoDB, in the format of the archive. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anonymizeDump } from '../../../anonymize/bson/pipeline/anonymize-dump.ts';
import type { AnonymizeReport } from '../../../anonymize/pipeline/anonymize.ts';
import { noRules } from '../../../anonymize/rules/file/rules-file.ts';
import type { DescribedFingerprint } from '../../../ports/dump-engine.ts';
import type { AnonymisedFile, FileMaker, FileRequest } from './file-maker.ts';

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
      return { report, expected: (source, copy) => expectedOf(settings, report, source, copy) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** A copy of the same dump stands for it: it says what the dump holds, also of documents that moved meanwhile. */
function expectedOf(
  { rules }: FileRequest['settings'],
  { changed }: AnonymizeReport,
  source: DescribedFingerprint,
  copy: DescribedFingerprint | undefined,
): ReturnType<AnonymisedFile['expected']> {
  const rowsLeftOut = new Set(
    source.tables.map(({ name }) => name).filter((name) => (rules.tables.get(name)?.rows ?? 'keep') !== 'keep'),
  );
  const expected = withoutAddresses(source);
  if (copy === undefined)
    return {
      source: expected,
      anonymised: { rowsLeftOut },
      notes: [
        'values that the rules leave alone were not compared: no other file of this dump was restored with all its documents before',
      ],
    };
  // Names that only the dump has are in this file, too; of their documents the copy says all.
  const held = expected.held && { ...expected.held, tables: [] };
  return { source: { ...expected, tables: copy.tables, after: undefined, held }, anonymised: { rowsLeftOut, changed } };
}

/** Addresses in validators and filters are replaced, too. */
function withoutAddresses(source: DescribedFingerprint): DescribedFingerprint {
  const changed = (id: string): boolean => source.sql?.get(id)?.includes('@') === true;
  const later = source.after?.definitions;
  const definitions = Object.entries(source.definitions ?? {}).filter(
    ([id, hash]) => !changed(id) && (later?.[id] ?? hash) === hash,
  );
  return { ...source, definitions: Object.fromEntries(definitions) };
}
