/** Compares the fingerprint of a restored copy with that of the source. */
import { canonicalQualified } from '../../../../anonymize/format/names.ts';
import type { Comparison, DumpFingerprint, ViewFingerprint } from '../../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../../ports/dump-engine.ts';
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
  const unchanged = anonymised === undefined;
  if (unchanged) compareTables(source, copy, findings);
  else compareTotals(source, copy, anonymised, findings);
  compareViews(source, copy, findings, unchanged);
  compareLargeObjects(source, copy, findings, unchanged || anonymised.largeObjectsChanged === false);
  compareSequences(source, copy, findings);
  compareExtensions(source, copy, findings);
  compareDefinitions(source, copy, findings);
  for (const key of source.definitions ? (copy.unenforced ?? []) : [])
    findings.check(`foreign key ${key}`, 'enforced', 'its triggers are disabled');
  return findings;
}

/** A view shows what the tables held when it was last refreshed: in the source some time ago, in the copy by the restore. */
function compareViews(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings, withContent: boolean): void {
  const copies = new Map(copy.views?.map((view) => [view.name, view]));
  for (const view of source.views ?? []) {
    const other = copies.get(view.name);
    const populated = (one?: ViewFingerprint): string | undefined =>
      one && (one.populated ? 'populated' : 'not populated');
    const same = findings.check(`materialised view ${view.name}`, populated(view), populated(other));
    if (!same || !withContent) continue;
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
 * Sequences ignore snapshots: what the archive sets is what the copy must have, wherever the source was before and after. Where
 * that is not known, one that moved during the dump may have any value in between; and as it may have been set back meanwhile,
 * and overtaken itself since, another value is no difference either.
 */
function compareSequences(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  for (const [name, after] of Object.entries(source.sequences)) {
    const what = `sequence ${name}`;
    const before = source.sequencesBefore?.[name];
    const dumped = source.sequencesInArchive?.[canonicalQualified(name)];
    const found = copy.sequences[name];
    const wasSet = (holder: string, value: string): void =>
      void findings.notes.push(
        `${what} was set during the dump: it was at ${before ?? after}, then at ${after}; ${holder} is at ${value}`,
      );
    if (dumped !== undefined) {
      findings.check(what, dumped, found);
      if (!isBetween(dumped, before ?? after, after)) wasSet("the dump's", dumped);
    } else if (before === undefined || found === undefined) findings.check(what, after, found);
    else if (isBetween(found, before, after)) findings.check(what, found, found);
    else wasSet("the copy's", found);
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

/**
 * A dump names an extension and its schema. The version is the one that the copy's server installs, which says nothing against
 * the dump.
 */
function compareExtensions(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings): void {
  const { extensionSchemas: schemas } = source;
  for (const [name, version] of Object.entries(source.extensions)) {
    const what = `extension ${name}`;
    const found = copy.extensions[name];
    if (found === undefined || schemas === undefined) {
      findings.check(what, 'installed', found && 'installed');
      continue;
    }
    const installs = found !== version && found === copy.extensionDefaults?.[name];
    if (installs) findings.notes.push(`${what}: the copy's server installs ${found}, the source has ${version}`);
    findings.check(what, installs ? found : version, found);
    findings.check(`schema of ${what}`, schemas[name], copy.extensionSchemas?.[name]);
  }
  if (copy.extensionSchemas === undefined) return;
  for (const [name, found] of Object.entries(copy.extensions))
    if (source.extensions[name] === undefined) findings.check(`extension ${name}`, undefined, found);
}
