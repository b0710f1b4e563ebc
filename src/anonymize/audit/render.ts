/** Renders proposals as a rules file, with the reasons as comments. */
import { stringify } from 'yaml';
import type { WrittenRule } from '../rules/file/document.ts';
import type { Audit } from './audit.ts';
import type { Found } from './try-proposals.ts';

export function renderRules({ proposals, undefinedTables, found }: Audit): string {
  const lines = [
    '# Proposed by the audit of a dump. Read every line: only you know what is personal.',
    ...(found?.stops === undefined
      ? []
      : `CHECK: a run with these rules stops: ${found.stops}`.split('\n').map((line) => `# ${line}`)),
    '# yaml-language-server: $schema=anonymize.schema.json',
    'version: 1',
    undefinedTables.length > 0
      ? `unknown-columns: emails # fail is not possible: the dump does not define ${undefinedTables.join(', ')}`
      : 'unknown-columns: fail',
    proposals.length > 0 ? 'tables:' : 'tables: {}',
  ];
  for (const [table, columns] of Map.groupBy(proposals, (proposal) => proposal.table)) {
    lines.push(`  ${key(table)}:`, '    columns:');
    for (const { column, rule, reason } of columns)
      lines.push(`      ${key(column)}: ${value(rule)}${reason === '' ? '' : ` # ${reason}`}`);
  }
  return `${[...lines, ...leakCheck(found)].join('\n')}\n`;
}

const words = {
  emails: 'e-mail addresses',
  phones: 'phone numbers',
  ibans: 'IBANs',
  cards: 'card numbers',
  'replaced-values': 'values that rules replaced elsewhere',
} as const;

/** The columns in which the leak check finds something although they have the rules above. */
function leakCheck(found: Found | undefined): readonly string[] {
  if (found === undefined)
    return [
      'leak-check: # CHECK: set these to fail once the rules are read; an audit of a file names the columns instead',
      ...['phones', 'ibans', 'cards', 'replaced-values'].map((kind) => `  ${kind}: warn`),
    ];
  const columns = Map.groupBy(
    found.leaks.filter(({ column, among }) => column !== undefined && among === undefined),
    ({ table, column }) => `${table}.${column}`,
  );
  if (columns.size === 0) return [];
  const lines = [...columns].map(([name, leaks]) => {
    const what = leaks.map(({ kind, count }) => `${count.toLocaleString('en-US')} ${words[kind]}`).join(', ');
    return `    - ${scalar(name)} # CHECK: ${what}`;
  });
  return ['leak-check:', '  allow: # give the column a rule where a finding is personal', ...lines];
}

/** Rules need quotes in a name only where it holds a dot or a quote. */
function key(name: string): string {
  const parts = name.match(/"(?:[^"]|"")*"|[^".]+/g) ?? [];
  const plain = parts.every((part) => !part.startsWith('"') || /^"[^".]+"$/.test(part));
  return scalar(plain ? name.replaceAll('"', '') : name);
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trim();
}

function value(rule: WrittenRule): string {
  // Quoted, since YAML has a null of its own.
  if (rule === 'null' || rule === null) return '"null"';
  return stringify(rule, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
