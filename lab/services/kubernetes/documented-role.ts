/** The role that docs/kubernetes.md asks for: what is rehearsed has these rights, and no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { repositoryRoot } from '../../directory.ts';
import type { Rule } from './model.ts';

export function documentedRules(): readonly Rule[] {
  const page = readFileSync(join(repositoryRoot, 'docs/kubernetes.md'), 'utf8');
  const manifests = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) => parseAllDocuments(text));
  const role = manifests.map((document) => document.toJS()).find(({ kind }) => kind === 'Role');
  if (!role) throw new Error('docs/kubernetes.md shows no Role');
  return role.rules;
}
