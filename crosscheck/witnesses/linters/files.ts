/** What is linted: files of the repository, and the blocks of its pages. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hostScriptText } from '../../../scripts/host-scripts.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';

export interface Linted {
  /** From the root of the repository; of a block, the page. */
  readonly name: string;
  readonly text: string;
  /** Of metadata of an action. */
  readonly kind?: 'action';
}

export interface Script extends Linted {
  readonly shell: 'bash' | 'sh';
}

export const read = (name: string): Linted => ({ name, text: readFileSync(join(root, name), 'utf8') });
const files = (...patterns: string[]): Linted[] => globSync(patterns, { cwd: root }).toSorted().map(read);

export const workflowFiles = (): Linted[] => files('.github/workflows/*.yml').map(plain);
export const actionFiles = (): Linted[] => files('actions/*/action.yml').map(asAction);

/** Examples of workflows, also of a job that calls one, or of a step; a hash stands for the placeholder. */
export function documentedWorkflows(): Linted[] {
  return yamlBlocks().flatMap((one) => {
    const text = workflowOf(one.text);
    return text === undefined ? [] : [plain({ ...one, text: text.replaceAll('FULL-HASH', '0'.repeat(40)) })];
  });
}

/** Examples that are metadata of actions. */
export function documentedActions(): Linted[] {
  return yamlBlocks().filter(isAction).map(asAction);
}

/** Blocks of YAML that no linter here reads: of Kubernetes, of Prometheus, of rules of `anonymize`, or inputs without what they are given to. */
export function unjudgedBlocks(): Linted[] {
  return yamlBlocks().filter((one) => !isAction(one) && workflowOf(one.text) === undefined);
}

const yamlBlocks = (): Linted[] => blocks('yaml', 'yml');
const isAction = ({ text }: Linted): boolean => /^runs:/m.test(text) && /^name:/m.test(text);

/** The workflow of which a block is a whole, a job or steps; undefined of others. */
export function workflowOf(block: string): string | undefined {
  if (/^on:/m.test(block) && /^jobs:/m.test(block)) return block;
  const within = (head: string, spaces: number): string =>
    `on: push\npermissions: {}\njobs:\n  example:\n${head}${block.replaceAll(/^(?=.)/gm, ' '.repeat(spaces))}`;
  if (/^uses: /m.test(block)) return within('', 4);
  if (/^- (uses|name|run): /.test(block)) return within('    runs-on: ubuntu-24.04\n    steps:\n', 6);
  return undefined;
}

const asAction = (file: Linted): Linted => ({ ...file, kind: 'action' });

/** Every file whose first line names a shell; host scripts with the libraries that each runs with. */
export function scriptFiles(): Script[] {
  const list = spawnSync('git', ['-c', `safe.directory=${root}`, 'ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  if (list.status !== 0) throw new Error(`git ls-files failed: ${list.stderr}`);
  const others = list.stdout
    .split('\0')
    .filter((name) => /^#!.*\b(ba|da|)sh\b/.test(firstLine(name)))
    .map((name): Script => ({ ...plain(read(name)), shell: /\bbash\b/.test(firstLine(name)) ? 'bash' : 'sh' }));
  const ofHosts = hostScriptNames.map(
    (name): Script => ({
      ...plain({ name: `src/host/scripts/${name}.sh`, text: hostScriptText(name) }),
      shell: 'bash',
    }),
  );
  return [...others, ...ofHosts];
}

/** The blocks of a page are one script: each may use what an earlier one has set. What is typed into a debugger is none. */
export function documentedScripts(): Script[] {
  const pages = new Map<string, string[]>();
  for (const { name, text } of blocks('', 'bash', 'sh')) {
    const page = name;
    pages.set(page, [...(pages.get(page) ?? []), text.replaceAll(/^debug> .*\n/gm, '')]);
  }
  return [...pages].map(([name, texts]) => ({ ...plain({ name, text: texts.join('\n') }), shell: 'bash' }));
}

/** Without the comments that tell shellcheck what to leave out. */
function plain(file: Linted): Linted {
  return { ...file, text: file.text.replaceAll(/# shellcheck (?=.*disable).*/g, '#') };
}

function firstLine(name: string): string {
  if (name === '' || !statSync(join(root, name), { throwIfNoEntry: false })?.isFile()) return '';
  return readFileSync(join(root, name), 'latin1').slice(0, 200).split('\n')[0] ?? '';
}

function blocks(...languages: readonly string[]): Linted[] {
  return files('*.md', 'docs/**/*.md', 'actions/*/README.md', 'ops/*.md').flatMap(({ name, text }) =>
    [...text.matchAll(/^( *)```([^\n`]*)\n([\s\S]*?)^\1```$/gm)]
      .filter(([, , word = '']) => languages.includes(word.trim()))
      .map((match) => ({
        name,
        text: (match[3] ?? '').replaceAll(new RegExp(`^${match[1]}`, 'gm'), ''),
      })),
  );
}
