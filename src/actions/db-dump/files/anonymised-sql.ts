/** Makes the anonymised file from SQL, and what its restored copy is compared with. */
import { type AnonymizeReport, anonymize } from '../../../anonymize/pipeline/anonymize.ts';
import { noRules, type RulesFile } from '../../../anonymize/rules/file/rules-file.ts';
import { fitRules } from '../../../anonymize/rules/plan/fit-rules.ts';
import type { Catalogue } from '../../../anonymize/schema/catalogue.ts';
import { readCatalogue } from '../../../anonymize/schema/read-catalogue.ts';
import type { AnonymisedChanges, DumpFingerprint } from '../../../domain/dump.ts';
import { expectedOfAnonymised, type ReadDefinitions, readDefinitions } from '../../../dump/proof/describe.ts';
import type { SqlArchives, SqlDialect } from '../../../ports/dump-engine.ts';
import type { Upload } from '../../../ports/objects.ts';
import { explainInLine } from '../../../runtime/errors.ts';
import type { AnonymisedFile, AnonymisedProof, FileMaker, FileRequest } from './file-maker.ts';

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
  const rules = fitRules(settings.rules, catalogue);
  return {
    report,
    definitions,
    changes: (fingerprint) => changesOf(rules, nameInRules, fingerprint, { ...report, definitions }),
  };
}

/** Of the values that the rules leave alone, another copy of the same dump says what they are. */
export function expectedOfSql({
  source,
  changes,
  definitions = { why: 'they are not known' },
  copy,
}: AnonymisedProof): ReturnType<FileMaker['expected']> {
  const { rowsLeftOut, changed = {}, largeObjectsChanged } = changes;
  const columns = new Map(Object.entries(changed).map(([table, names]) => [table, new Set(names)]));
  return {
    source: expectedOfAnonymised(source, definitions, copy),
    anonymised: {
      rowsLeftOut: new Set(rowsLeftOut),
      largeObjectsChanged,
      ...(copy && changes.changed ? { changed: columns } : {}),
    },
    notes:
      copy && changes.changed
        ? []
        : [
            'values that the rules leave alone were not compared: no other file of this dump was restored with all its rows before',
          ],
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
 * @param report whose changed columns by table are named as rules name them
 */
function changesOf(
  rules: RulesFile,
  nameInRules: SqlDialect['nameInRules'],
  { tables, configuration = [], definitions: own = {} }: DumpFingerprint,
  {
    changed,
    largeObjectsChanged,
    definitions,
  }: Pick<AnonymizeReport, 'changed' | 'largeObjectsChanged'> & { readonly definitions: ReadDefinitions },
): AnonymisedChanges {
  const rowsLeftOut = new Set<string>();
  const columns = new Map<string, Set<string>>();
  for (const { name, root = name } of [...tables, ...configuration]) {
    // An engine may quote more names than rules do, such as those that are keywords.
    const [inRules, top] = [nameInRules(name), nameInRules(root)];
    const rows = rules.tables.get(inRules)?.rows ?? rules.tables.get(top)?.rows ?? 'keep';
    if (rows !== 'keep') rowsLeftOut.add(root);
    const all = columns.get(root) ?? new Set();
    columns.set(root, all);
    for (const column of changed?.get(inRules) ?? []) all.add(plainName(column));
  }
  const others = 'why' in definitions ? undefined : unlike(own, definitions.figures.definitions ?? {});
  return {
    rowsLeftOut: [...rowsLeftOut],
    largeObjectsChanged,
    ...(changed ? { changed: Object.fromEntries([...columns].map(([table, names]) => [table, [...names]])) } : {}),
    ...(others ? { definitions: others } : {}),
  };
}

function unlike(
  own: Readonly<Record<string, string>>,
  definitions: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(definitions).filter(([id, hash]) => own[id] !== hash));
}

const plainName = (canonical: string): string =>
  canonical.startsWith('"') ? canonical.slice(1, -1).replaceAll('""', '"') : canonical;
