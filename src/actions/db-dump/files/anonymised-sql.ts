/** Makes the anonymised file from SQL, and what its restored copy is compared with. */
import { type AnonymizeReport, anonymize } from '../../../anonymize/pipeline/anonymize.ts';
import { noRules, type RulesFile } from '../../../anonymize/rules/file/rules-file.ts';
import { fitRules } from '../../../anonymize/rules/plan/fit-rules.ts';
import type { Catalogue } from '../../../anonymize/schema/catalogue.ts';
import { readCatalogue } from '../../../anonymize/schema/read-catalogue.ts';
import type { DumpFingerprint } from '../../../domain/dump.ts';
import { expectedOfAnonymised, type ReadDefinitions, readDefinitions } from '../../../dump/proof/describe.ts';
import type { Anonymised, SqlArchives, SqlDialect } from '../../../ports/dump-engine.ts';
import type { Upload } from '../../../ports/objects.ts';
import { explainInLine } from '../../../runtime/errors.ts';
import type { AnonymisedFile, FileRequest } from './file-maker.ts';

export interface AnonymisedRequest extends FileRequest {
  readonly anonymised: Upload;
  /** All SQL of the archive. */
  readonly source: AsyncIterable<Buffer>;
}

export async function writeAnonymised(
  engine: SqlArchives,
  { nameInRules }: Pick<SqlDialect, 'nameInRules'>,
  request: AnonymisedRequest,
): Promise<AnonymisedFile> {
  const { archive, source, anonymised: upload, settings, signal, onComplete } = request;
  const catalogue = await readCatalogue(engine.sql(archive, true), { requireFooter: true, signal });
  const report = await anonymize({
    ...rulesOf(request, catalogue),
    source,
    sink: (bytes) => upload.write(bytes),
    compression: settings.compression,
    level: settings.compressionLevel,
  });
  onComplete('anonymised', report.writtenBytes);
  const definitions = await anonymisedDefinitions(engine, request, catalogue);
  return {
    report,
    expected: (fingerprint, copy) => {
      const changed = copy && report.changed;
      const notes = changed
        ? []
        : [
            'values that the rules leave alone were not compared: no other file of this dump was restored with all its rows before',
          ];
      const anonymised = changesOf(fitRules(settings.rules, catalogue), nameInRules, fingerprint, {
        ...report,
        changed,
      });
      return { source: expectedOfAnonymised(fingerprint, definitions, copy), anonymised, notes };
    },
  };
}

function rulesOf({ settings, signal }: FileRequest, catalogue: Catalogue) {
  return {
    rules: settings.rules,
    strict: settings.rules !== noRules,
    key: settings.anonymizeKey,
    catalogue,
    requireFooter: true,
    signal,
  };
}

/** The same rules over the definitions alone: what the copy must have, less nothing but what they change. */
async function anonymisedDefinitions(
  engine: SqlArchives,
  request: FileRequest,
  catalogue: Catalogue,
): Promise<ReadDefinitions> {
  const { archive, signal } = request;
  const pieces: Buffer[] = [];
  try {
    const sink = async (bytes: Buffer): Promise<void> => void pieces.push(Buffer.from(bytes));
    const source = engine.sql(archive, true);
    await anonymize({ ...rulesOf(request, catalogue), source, sink, compression: 'none' });
  } catch (error) {
    signal.throwIfAborted();
    return { why: explainInLine(error) };
  }
  return readDefinitions(engine, each(pieces), signal);
}

async function* each(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

/**
 * What the rules changed on purpose, by the names of the fingerprint.
 * @param rules under the names of the dump's tables
 * @param nameInRules of a table of the fingerprint
 * @param report whose changed columns by table are named as rules name them; undefined: values are not compared
 */
function changesOf(
  rules: RulesFile,
  nameInRules: SqlDialect['nameInRules'],
  { tables, configuration = [] }: DumpFingerprint,
  { changed, largeObjectsChanged }: Pick<AnonymizeReport, 'changed' | 'largeObjectsChanged'>,
): Anonymised {
  const rowsLeftOut = new Set<string>();
  const columns = new Map<string, Set<string>>();
  for (const { name, root = name } of [...tables, ...configuration]) {
    // An engine may quote more names than rules do, such as those that are keywords.
    const [own, top] = [nameInRules(name), nameInRules(root)];
    const rows = rules.tables.get(own)?.rows ?? rules.tables.get(top)?.rows ?? 'keep';
    if (rows !== 'keep') rowsLeftOut.add(root);
    const all = columns.get(root) ?? new Set();
    columns.set(root, all);
    for (const column of changed?.get(own) ?? []) all.add(plainName(column));
  }
  return { rowsLeftOut, largeObjectsChanged, ...(changed ? { changed: columns } : {}) };
}

const plainName = (canonical: string): string =>
  canonical.startsWith('"') ? canonical.slice(1, -1).replaceAll('""', '"') : canonical;
