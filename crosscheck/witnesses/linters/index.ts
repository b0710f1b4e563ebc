/**
 * Linters of others, without the lists of what we accept: every finding must be one that is explained here, with its source. `npm run
 * check` runs them too, quickly and with our lists.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/actions.ts';
import { actionlintFolder, ensureShellcheck, findings, pythonLinters } from '../../../scripts/lib/linters.ts';
import { partOf } from '../../lib/part.ts';
import { installedVersion } from '../../lib/pinned.ts';
import type { Witness } from '../../witness.ts';
import {
  actionFiles,
  documentedActions,
  documentedScripts,
  documentedWorkflows,
  type Linted,
  read,
  scriptFiles,
  unjudgedBlocks,
  workflowFiles,
} from './files.ts';
import { judge } from './judge.ts';
import { known } from './known.ts';
import { inRepository } from './repository.ts';
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
      `action-validator ${installedVersion('@action-validator/core')}`,
    ].join(', ');
  },
  async run(points) {
    const python = pythonLinters();
    const actionlint = join(await actionlintFolder(), 'actionlint');
    const asked = partOf(points);
    const linted = <T extends Linted>(...files: readonly T[]): T[] => files.filter(({ name }) => asked(name));
    inRepository((pathOf) => {
      for (const file of linted(...workflowFiles(), ...documentedWorkflows()))
        judge(
          points,
          'actionlint',
          file,
          // Without the list of what we accept.
          findings(actionlint, ['-no-color', '-oneline', '-config-file', '/dev/null', pathOf(file)]),
        );
    });
    for (const { name, text } of linted(...unjudgedBlocks()))
      console.log(
        `    not judged: ${name}: the block ${JSON.stringify(text.split('\n')[0])}, which is no workflow or action`,
      );
    const documented = [...documentedWorkflows(), ...documentedActions()];
    for (const file of linted(...workflowFiles(), ...actionFiles(), ...documented)) {
      judge(points, 'zizmor', file, zizmor(join(python, 'zizmor'), file));
      for (const problem of validate(file, points)) points.differ(`action-validator: ${file.name}`, 'valid', problem);
    }
    for (const template of linted(read('infra/holdfast.yml')))
      judge(points, 'cfn-lint', template, findings(join(python, 'cfn-lint'), ['--format', 'parseable', template.name]));
    for (const image of linted(read('ops/Dockerfile')))
      judge(
        points,
        'hadolint',
        image,
        findings(join(python, 'hadolint'), ['--no-color', '--disable-ignore-pragma', image.name]),
      );
    for (const script of linted(...scriptFiles(), ...documentedScripts()))
      judge(
        points,
        'shellcheck',
        script,
        findings('shellcheck', ['--norc', `--shell=${script.shell}`, '--format=gcc', '-'], script.text),
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
