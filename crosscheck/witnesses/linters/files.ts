/** What is linted: files of the repository, and the blocks of its pages. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostScriptText } from '../../../scripts/host-scripts.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { excludedOfHosts } from '../../../scripts/lib/linters.ts';
import { hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';

export interface Linted {
  /** From the root of the repository; of a block, the page and the line. */
  readonly name: string;
  readonly text: string;
}

export interface Script extends Linted {
  readonly shell: 'bash' | 'sh';
  /** Codes of shellcheck that cannot be judged in a part of a script alone. */
  readonly exclude?: string;
}

const read = (name: string): Linted => ({ name, text: readFileSync(join(root, name), 'utf8') });
const files = (...patterns: string[]): Linted[] => globSync(patterns, { cwd: root }).toSorted().map(read);

export const workflowFiles = (): Linted[] => files('.github/workflows/*.yml');
export const actionFiles = (): Linted[] => files('actions/*/action.yml');

/** Examples that are whole workflows. */
export function documentedWorkflows(): Linted[] {
  return blocks('yaml').filter(({ text }) => /^on:/m.test(text) && /^jobs:/m.test(text));
}

/** With the libraries that each host script runs with. */
export function scriptFiles(): Script[] {
  const others = files('.ci/run', 'ops/holdfast', 'scripts/anonymize', 'scripts/node24').map(
    (file): Script => ({ ...file, shell: file.text.startsWith('#!/bin/sh') ? 'sh' : 'bash' }),
  );
  const ofHosts = hostScriptNames.map(
    (name): Script => ({
      name: `src/host/scripts/${name}.sh`,
      text: hostScriptText(name),
      shell: 'bash',
      exclude: excludedOfHosts,
    }),
  );
  return [...others, ...ofHosts];
}

/** A block may use what an earlier one of its page has set, and set what a later one uses; placeholders stand for words. */
export function documentedScripts(): Script[] {
  return [...blocks('bash'), ...blocks('sh')].map((block) => ({
    ...block,
    shell: 'bash',
    exclude: 'SC2034,SC2154',
  }));
}

function blocks(language: string): Linted[] {
  return files('*.md', 'docs/**/*.md', 'actions/*/README.md', 'ops/*.md').flatMap(({ name, text }) =>
    [...text.matchAll(/^( *)```([^\n`]*)\n([\s\S]*?)^\1```$/gm)]
      .filter(([, , word = '']) => word.trim() === language)
      .map((match) => ({
        name: `${name}:${text.slice(0, match.index).split('\n').length}`,
        text: (match[3] ?? '').replaceAll(new RegExp(`^${match[1]}`, 'gm'), ''),
      })),
  );
}
