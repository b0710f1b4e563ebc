/** Parses a rules file, and names every mistake in it with its line. */
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigurationError } from '../../../runtime/errors.ts';
import { document } from './document.ts';
import { type RulesFile, rulesFile } from './rules-file.ts';

const leafForms =
  'keep, emails, null, mask, hash, pseudonym, { fixed: … }, { mask: { keep-first, keep-last } }, { hash: { length } }, { fake: … }';
const ruleForms = `${leafForms}, { shift-days: …, by }, { noise: 10% }, { json: … }`;
const rowsForms = 'keep, drop or { sample: 10%, by: COLUMN }';

/**
 * @param name the file, for errors
 * @throws ConfigurationError that lists every mistake with its line
 */
export function parseRules(text: string, name: string): RulesFile {
  const yaml = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  if (yaml.errors.length > 0)
    throw mistakes(
      name,
      yaml.errors.map((error) => `line ${lineAt(error.pos[0])}: ${error.message}; allowed: valid YAML`),
    );
  const result = document.safeParse(yaml.toJS() ?? {});
  if (result.success) return rulesFile(result.data);
  throw mistakes(
    name,
    result.error.issues.map((issue) => {
      const path = issue.path.map(String);
      const node = path.length > 0 ? (yaml.getIn(path, true) as { range?: readonly number[] } | undefined) : undefined;
      const start = node?.range?.[0];
      const line = start === undefined ? '' : `line ${lineAt(start)}, `;
      return `${line}${path.join(' › ') || 'the file'}: ${describeIssue(issue)}`;
    }),
  );
}

function mistakes(name: string, problems: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    what: `${name}: ${problems.length === 1 ? 'one rule is' : `${problems.length} rules are`} wrong; nothing was done`,
    problems,
    fix: 'docs/anonymize.md shows every rule; editors check the file with docs/anonymize.schema.json',
  });
}

/** @param path where the issue is, from the top of the file */
function describeIssue(issue: z.core.$ZodIssue, path: readonly PropertyKey[] = issue.path): string {
  if (issue.code === 'unrecognized_keys')
    return `has the unknown word ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  if (issue.code !== 'invalid_union') return issue.message;
  // The form that nearly fits explains most.
  const nearest = issue.errors.find((branch) => branch.length === 1 && branch[0] && branch[0].path.length > 0)?.[0];
  if (nearest) return `${nearest.path.map(String).join(' › ')}: ${describeIssue(nearest, [...path, ...nearest.path])}`;
  if (path.includes('json')) return `is not a rule for a value inside JSON; allowed: ${leafForms}`;
  if (path.includes('columns')) return `is not a rule; allowed: ${ruleForms}`;
  if (path.includes('allow'))
    return 'is not allowed; allowed: TABLE.COLUMN, or { column: TABLE.COLUMN, pattern: …, kind: … }, { table: …, … }, { pattern: … }';
  if (path.includes('unknown-columns')) return 'is not allowed; allowed: emails or fail';
  return `is not allowed; allowed: ${rowsForms}`;
}
