/** What happens to findings of the leak check: some fail the run, some are reported, some are allowed. */
import { BackupError } from '../../runtime/errors.ts';
import { type LeakAction, type LeakKind, leakKinds } from '../rules/file/leak-kinds.ts';
import type { RulesFile } from '../rules/file/rules-file.ts';
import { namesPart } from '../rules/plan/plan.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { allowedBy } from './allowed.ts';
import type { Leak } from './findings.ts';

/** Findings that an error lists; its detail has all. */
const maxListed = 5;

const words: Readonly<Record<LeakKind, string>> = {
  emails: 'e-mail addresses',
  phones: 'phone numbers',
  ibans: 'IBANs',
  cards: 'card numbers',
  'replaced-values': 'values of columns that were replaced',
};

/** @param strict whether a rules file was given: then every kind fails the run unless the file says otherwise */
export function leakActions(rules: RulesFile, strict: boolean): Readonly<Record<LeakKind, LeakAction>> {
  const preset = (kind: LeakKind): LeakAction => {
    if (strict || kind === 'emails') return 'fail';
    // Without rules no column is replaced.
    return kind === 'replaced-values' ? 'off' : 'warn';
  };
  const entries = leakKinds.map((kind) => [kind, rules.leakActions[kind] ?? preset(kind)] as const);
  return Object.fromEntries(entries) as Record<LeakKind, LeakAction>;
}

/** Removes findings that the rules allow whatever they are. What is allowed of a partitioned table is allowed of its partitions. */
export function withoutAllowed(leaks: readonly Leak[], rules: RulesFile, catalogue: Catalogue): readonly Leak[] {
  const isAllowed = allowedBy(
    () => rules.leaksAllowed.filter(({ pattern }) => pattern === undefined),
    (table) => [table, catalogue.root(table)],
  );
  return leaks.filter(({ kind, table, column }) => !isAllowed(kind, table, column, () => ''));
}

/** One line for each finding: table, column or statements, count; never a value. */
export function describeLeaks(leaks: readonly Leak[]): string[] {
  return leaks.map((leak) => `${leak.table}${leak.column === undefined ? '' : `.${leak.column}`}: ${describe(leak)}`);
}

function describe({ kind, count, among, places = [] }: Leak): string {
  const found = count.toLocaleString('en-US');
  if (among === undefined) return `${found} ${words[kind]}${places.length > 0 ? ` (in ${places.join(' | ')})` : ''}`;
  const sign = kind === 'phones' ? 'begin with zero' : 'have a valid check digit';
  return `${found} of ${among.toLocaleString('en-US')} numbers written like ${words[kind]} ${sign}, as chance has it`;
}

/** @param found all findings @throws BackupError when there are any that fail the run */
export function failOn(found: readonly Leak[], actions: Readonly<Record<LeakKind, LeakAction>>): void {
  const leaks = found.filter(({ kind, among }) => actions[kind] === 'fail' && among === undefined);
  if (leaks.length === 0) return;
  const lines = describeLeaks(leaks);
  const inNames = leaks.some(({ table }) => table === namesPart);
  const more = lines.length > maxListed ? `; and ${lines.length - maxListed} more` : '';
  throw new BackupError({
    what: `the leak check found what should not be in the anonymised dump: ${lines.slice(0, maxListed).join('; ')}${more}`,
    likelyCause: 'columns without a rule hold personal data, or repeat values that other columns had replaced',
    fix: `give these columns a rule; where a finding is harmless, allow it under leak-check: allow, by its column, or by { column: …, pattern: … }${inNames ? `; names stay as they are: give the object another, or allow it: { table: ${namesPart}, pattern: … }` : ''}`,
    detail: lines.join('\n'),
    code: 'leak',
  });
}
