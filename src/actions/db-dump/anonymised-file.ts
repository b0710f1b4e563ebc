/** Makes the anonymised file, and what its restored copy is compared with. */

import { canonicalQualified } from '../../anonymize/format/names.ts';
import { type AnonymizeReport, anonymize } from '../../anonymize/pipeline/anonymize.ts';
import { noRules } from '../../anonymize/rules/file/rules-file.ts';
import type { Catalogue } from '../../anonymize/schema/catalogue.ts';
import { readCatalogue } from '../../anonymize/schema/read-catalogue.ts';
import type { DumpFingerprint } from '../../domain/dump.ts';
import { type ReadDefinitions, readDefinitions } from '../../dump/proof/describe.ts';
import type { Anonymised } from '../../ports/dump-engine.ts';
import type { Upload } from '../../ports/objects.ts';
import { explainInLine } from '../../runtime/errors.ts';
import type { DumpWork } from './ports.ts';

export interface AnonymisedFile {
  readonly report: AnonymizeReport;
  /** The definitions of the archive as the rules leave them. */
  readonly definitions: ReadDefinitions;
}

/** @param source all SQL of the archive */
export async function writeAnonymised(
  work: DumpWork,
  archive: string,
  source: AsyncIterable<Buffer>,
  upload: Upload,
): Promise<AnonymisedFile> {
  const { engine } = work.ports;
  const catalogue = await readCatalogue(engine.sql(archive, true), {
    requireFooter: true,
    signal: work.context.signal,
  });
  const report = await anonymize({
    ...rulesOf(work, catalogue),
    source,
    sink: (bytes) => upload.write(bytes),
    compression: 'gzip',
    level: work.settings.compressionLevel,
  });
  return { report, definitions: await anonymisedDefinitions(work, archive, catalogue) };
}

function rulesOf({ settings, context }: DumpWork, catalogue: Catalogue) {
  return {
    rules: settings.rules,
    strict: settings.rules !== noRules,
    key: settings.anonymizeKey,
    catalogue,
    requireFooter: true,
    signal: context.signal,
  };
}

/** The same rules over the definitions alone: what the copy must have, less nothing but what they change. */
async function anonymisedDefinitions(work: DumpWork, archive: string, catalogue: Catalogue): Promise<ReadDefinitions> {
  const { engine } = work.ports;
  const { signal } = work.context;
  const pieces: Buffer[] = [];
  try {
    const sink = async (bytes: Buffer): Promise<void> => void pieces.push(Buffer.from(bytes));
    const source = engine.sql(archive, true);
    await anonymize({ ...rulesOf(work, catalogue), source, sink, compression: 'none' });
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
 * @param changed columns by table, both in canonical form; undefined: values are not compared
 */
export function changesOf(
  { settings }: Pick<DumpWork, 'settings'>,
  { tables, configuration = [] }: DumpFingerprint,
  changed: AnonymizeReport['changed'],
  largeObjectsChanged?: boolean,
): Anonymised {
  const rowsLeftOut = new Set<string>();
  const columns = new Map<string, Set<string>>();
  for (const { name, root = name } of [...tables, ...configuration]) {
    // PostgreSQL quotes more names than canonical ones are, such as those that are keywords.
    const [own, top] = [canonicalQualified(name), canonicalQualified(root)];
    const rows = settings.rules.tables.get(own)?.rows ?? settings.rules.tables.get(top)?.rows ?? 'keep';
    if (rows !== 'keep') rowsLeftOut.add(root);
    const all = columns.get(root) ?? new Set();
    columns.set(root, all);
    for (const column of changed?.get(own) ?? []) all.add(plainName(column));
  }
  return { rowsLeftOut, largeObjectsChanged, ...(changed ? { changed: columns } : {}) };
}

const plainName = (canonical: string): string =>
  canonical.startsWith('"') ? canonical.slice(1, -1).replaceAll('""', '"') : canonical;
