/** Compares the fingerprint of a restored copy with that of the source. */
import type { Comparison, DumpFingerprint, ViewFingerprint } from '../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../ports/dump-engine.ts';
import { compareDefinitions } from './compare-definitions.ts';
import { compareTables, compareTotals } from './compare-tables.ts';
import { Findings } from './findings.ts';

/**
 * A fact that the source's fingerprint lacks, as those of earlier versions do, is not compared.
 * @param anonymised what was changed on purpose
 */
export function compareDatabases(
  source: DescribedFingerprint,
  copy: DescribedFingerprint,
  anonymised?: Anonymised,
): Comparison {
  const findings = new Findings(source, copy);
  if (anonymised === undefined) {
    compareTables(source, copy, findings);
    compareViews(source, copy, findings);
  } else compareTotals(source, copy, anonymised, findings);
  compareLargeObjects(source, copy, findings, anonymised === undefined);
  compareSequences(source, copy, findings);
  compareExtensions(source, copy, findings);
  compareDefinitions(source, copy, findings);
  for (const key of source.definitions ? (copy.unenforced ?? []) : [])
    findings.check(`foreign key ${key}`, 'enforced', 'its triggers are disabled');
  if (isEmpty(source)) findings.notes.push('the database is empty: it has no table, and nothing else is defined in it');
  return findings;
}

function isEmpty({ tables, sequences, definitions, objects }: DumpFingerprint): boolean {
  return [tables, sequences, definitions ?? objects].every((one) => Object.keys(one).length === 0);
}

/** A view shows what the tables held when it was last refreshed: in the source some time ago, in the copy by the restore. */
function compareViews(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  const copies = new Map(copy.views?.map((view) => [view.name, view]));
  for (const view of source.views ?? []) {
    const other = copies.get(view.name);
    const populated = (one?: ViewFingerprint): string | undefined =>
      one && (one.populated ? 'populated' : 'not populated');
    if (!findings.check(`materialised view ${view.name}`, populated(view), populated(other))) continue;
    const what = `rows of ${view.name}`;
    const why = whyViewsDiffer(view, other);
    if (why === undefined || findings.isUnread(what)) findings.check(what, shown(view), shown(other));
    else findings.notes.push(`${what} differ, and nothing is wrong: ${why}`);
  }
}

const shown = ({ content = '' }: ViewFingerprint = { name: '', populated: false }): string =>
  content.replace(/^(.*):(.*)$/, '$1 with checksum $2');

/** @returns why views that hold their definition's rows differ all the same; undefined when they do not, or should not */
function whyViewsDiffer(view: ViewFingerprint, other?: ViewFingerprint): string | undefined {
  const { content, refreshed = [] } = other ?? {};
  if (content === view.content || refreshed.length === 0) return undefined;
  if (refreshed.every((one) => one === content)) return 'the source had not refreshed it since its tables changed';
  // Only a view that a refresh would make equal to the source was restored wrongly.
  if (refreshed.every((one) => one === view.content)) return undefined;
  return 'what it shows depends on when it is refreshed';
}

/** The materialised views of a copy that are to be refreshed, to find out why they differ. */
export function viewsToRefresh(source: DumpFingerprint, copy: DumpFingerprint): readonly string[] {
  const expected = new Map(source.views?.map(({ name, content }) => [name, content]));
  return (copy.views ?? [])
    .filter(({ name, content }) => content !== undefined && (expected.get(name) ?? content) !== content)
    .map(({ name }) => name);
}

function compareLargeObjects(
  { largeObjects: expected }: DumpFingerprint,
  { largeObjects: found }: DumpFingerprint,
  findings: Findings,
  withContent: boolean,
): void {
  if (expected === undefined || findings.isUnread('large objects')) return;
  const same = findings.check('number of large objects', expected.count, found?.count);
  if (same && withContent) findings.check('checksum of large objects', expected.checksum, found?.checksum);
}

/**
 * Sequences ignore snapshots. One that moved during the dump may have any value in between; and as it may have been set back
 * meanwhile, and overtaken itself since, another value is no difference either.
 */
function compareSequences(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  for (const [name, after] of Object.entries(source.sequences)) {
    const what = `sequence ${name}`;
    const before = source.sequencesBefore?.[name];
    const found = copy.sequences[name];
    if (before === undefined || found === undefined) findings.check(what, after, found);
    else if (isBetween(found, before, after)) findings.check(what, found, found);
    else
      findings.notes.push(
        `${what} was set during the dump: it was at ${before}, then at ${after}; the copy's is at ${found}`,
      );
  }
  for (const [name, found] of Object.entries(copy.sequences))
    if (source.sequences[name] === undefined) findings.check(`sequence ${name}`, undefined, found);
}

/** Whether a value lies between two others; a sequence may count up or down. */
function isBetween(found: string, before: string, after: string): boolean {
  const [at, from, to] = [found, before, after].map((text) => BigInt(text.replace(' not called', ''))) as [
    bigint,
    bigint,
    bigint,
  ];
  return from <= to ? from <= at && at <= to : to <= at && at <= from;
}

/** A dump names an extension and its schema; the version is the one that the copy's server installs. */
function compareExtensions(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  for (const [name, version] of Object.entries(source.extensions)) {
    const found = copy.extensions[name];
    const newer = found !== undefined && found !== version && found === copy.extensionDefaults?.[name];
    if (newer) findings.notes.push(`extension ${name}: the copy's server installs ${found}, the source has ${version}`);
    const expected = source.extensionSchemas === undefined ? 'installed' : newer ? found : version;
    findings.check(`extension ${name}`, expected, found && expected === 'installed' ? expected : found);
    const schema = source.extensionSchemas?.[name];
    if (found !== undefined && schema !== undefined)
      findings.check(`schema of extension ${name}`, schema, copy.extensionSchemas?.[name]);
  }
  for (const [name, found] of Object.entries(copy.extensionSchemas ? copy.extensions : {}))
    if (source.extensions[name] === undefined) findings.check(`extension ${name}`, undefined, found);
}
