/** action-validator, whose list of keys and values is older than some that we use. */
import { createRequire } from 'node:module';
import type { Points } from '../../points.ts';
import type { Linted } from './files.ts';

// Its types stand beside WebAssembly that the package loads as CommonJS.
const { validateAction, validateWorkflow } = createRequire(import.meta.url)('@action-validator/core') as {
  validateAction(text: string): { errors: Problem[] };
  validateWorkflow(text: string): { errors: Problem[] };
};

interface Problem {
  readonly code: string;
  readonly detail?: string;
  readonly path?: string;
  readonly states?: readonly { readonly errors?: readonly Problem[] }[];
}

/** What is newer than the validator: it reads the file as it was before. The names are those of known.ts. */
export const newer: readonly { readonly name: string; readonly word: RegExp; readonly older: string }[] = [
  { name: 'action-validator: node24', word: /^( +using: )node24$/gm, older: '$1node20' },
  { name: 'action-validator: queue', word: /^ +queue: max\b.*\n/gm, older: '' },
  { name: 'action-validator: attestations', word: /^ +attestations: write\b.*\n/gm, older: '' },
];

/** @returns what it objects to; what only is newer goes to the points */
export function validate({ name, text, kind }: Linted, points: Points): string[] {
  const validator = kind === 'action' ? validateAction : validateWorkflow;
  if (validator(text).errors.length === 0) {
    points.agree();
    return [];
  }
  const used = newer.filter(({ word }) => text.search(word) >= 0);
  for (const one of used)
    for (const [line] of text.matchAll(one.word)) points.differ(one.name, `${name}: ${line.trim()}`, 'unknown');
  const older = used.reduce((result, one) => result.replaceAll(one.word, one.older), text);
  return [...new Set(validator(older).errors.flatMap(leaves))];
}

function leaves({ code, detail = '', path = '', states = [] }: Problem): string[] {
  const inner = states.flatMap(({ errors = [] }) => errors.flatMap(leaves));
  return inner.length > 0 ? inner : [`${path}: ${code} ${detail}`.trim()];
}
