/**
 * Linters of others, without the lists of what we accept: every finding must be one that is explained here, with its source. `npm run
 * check` runs them too, quickly and with our lists.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/actions.ts';
import { actionlintFolder, ensureShellcheck, findings, pythonLinters } from '../../../scripts/lib/linters.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import {
  actionFiles,
  documentedActions,
  documentedScripts,
  documentedWorkflows,
  type Linted,
  scriptFiles,
  workflowFiles,
} from './files.ts';
import { known } from './known.ts';
import { validate } from './validator.ts';

export const linters: Witness = {
  name: 'linters',
  compares:
    'Workflows, manifests, the template, the ops image and scripts, also those of the pages, with what linters find without our lists of what is accepted.',
  known,
  async install() {
    ensureShellcheck();
    const python = pythonLinters();
    const version = (program: string, ...words: string[]): string =>
      /\d+(\.\d+)+/.exec(findings('bash', ['-c', `"$@"; exit 1`, 'version', program, ...words]))?.[0] ?? '?';
    return [
      `actionlint ${version(join(await actionlintFolder(), 'actionlint'), '-version')}`,
      `zizmor ${version(join(python, 'zizmor'), '--version')}`,
      `cfn-lint ${version(join(python, 'cfn-lint'), '--version')}`,
      `hadolint ${version(join(python, 'hadolint'), '--version')}`,
      `shellcheck ${version('shellcheck', '--version')}`,
      'action-validator 0.6.0',
    ].join(', ');
  },
  async run(points) {
    const python = pythonLinters();
    const actionlint = join(await actionlintFolder(), 'actionlint');
    // What is read from standard input has no folder in which a list could stand.
    for (const { name, text } of [...workflowFiles(), ...documentedWorkflows()])
      judge(
        points,
        'actionlint',
        name,
        findings(actionlint, ['-no-color', '-oneline', '-config-file', '/dev/null', '-'], text),
      );
    const documented = [...documentedWorkflows(), ...documentedActions()];
    for (const file of [...workflowFiles(), ...actionFiles(), ...documented]) {
      judge(points, 'zizmor', file.name, zizmor(join(python, 'zizmor'), file));
      for (const problem of validate(file, points)) points.differ(`action-validator: ${file.name}`, 'valid', problem);
    }
    judge(
      points,
      'cfn-lint',
      'infra/holdfast.yml',
      findings(join(python, 'cfn-lint'), ['--format', 'parseable', 'infra/holdfast.yml']),
    );
    judge(
      points,
      'hadolint',
      'ops/Dockerfile',
      findings(join(python, 'hadolint'), ['--no-color', '--disable-ignore-pragma', 'ops/Dockerfile']),
    );
    for (const { name, text, shell } of [...scriptFiles(), ...documentedScripts()])
      judge(
        points,
        'shellcheck',
        name,
        findings('shellcheck', ['--norc', `--shell=${shell}`, '--format=gcc', '-'], text),
      );
  },
};

/** From a file of its own, by whose name zizmor knows what it is. */
function zizmor(program: string, { name, text, kind }: Linted): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-zizmor-'));
  try {
    const path = join(folder, kind === 'action' ? 'action.yml' : 'workflow.yml');
    writeFileSync(path, text);
    return findings(program, [
      ...['--offline', '--quiet', '--no-progress', '--color=never', '--no-ignores'],
      // Asks for more than zizmor itself does: every action at a hash.
      ...['--config', join(root, '.github/zizmor.yml')],
      // One line for each finding.
      '--format=github',
      path,
    ]).replaceAll(path, name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file without a finding is a point; each finding is a difference. */
function judge(points: Points, linter: string, name: string, found: string): void {
  const lines = found.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) points.agree();
  for (const line of lines) points.differ(`${linter}: ${name}: ${line.replace(/^.*?:\d+:\d+: /, '')}`, 'nothing', line);
}
