/** Renders proposals as a rules file, with the reasons as comments. */
import { stringify } from 'yaml';
import type { WrittenRule } from '../rules/file/document.ts';
import type { Proposal } from './propose.ts';

export function renderRules(proposals: readonly Proposal[]): string {
  const lines = [
    '# Proposed by the audit of a dump. Read every line: only you know what is personal.',
    '# yaml-language-server: $schema=anonymize.schema.json',
    'version: 1',
    'unknown-columns: fail',
    'tables:',
  ];
  for (const [table, columns] of Map.groupBy(proposals, (proposal) => proposal.table)) {
    lines.push(`  ${key(table)}:`, '    columns:');
    for (const { column, rule, reason } of columns)
      lines.push(`      ${key(column)}: ${value(rule)}${reason === '' ? '' : ` # ${reason}`}`);
  }
  return `${lines.join('\n')}\n`;
}

function key(name: string): string {
  return /^[\w.]+$/.test(name) ? name : JSON.stringify(name);
}

function value(rule: WrittenRule): string {
  // Quoted, since YAML has a null of its own.
  if (rule === 'null' || rule === null) return '"null"';
  return stringify(rule, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
