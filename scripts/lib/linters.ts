/** The linters that npm does not have: zizmor, cfn-lint and hadolint (Python's registry), actionlint (Go), shellcheck (Debian). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { hostScriptNames } from '../../src/host/catalogue/catalogue.ts';
import { hostScriptText } from '../host-scripts.ts';
import { root } from './actions.ts';
import { installPackages } from './debian.ts';
import { goTool, pythonTools } from './tools.ts';

const definitions = join(root, 'scripts', 'lint');

/** The folder with the programs of the Python linters. @throws ToolMissing */
export const pythonLinters = (): string => pythonTools(join(definitions, 'python'));

/** The folder with actionlint. @throws ToolMissing */
export const actionlintFolder = (): Promise<string> =>
  goTool(join(definitions, 'actionlint'), 'github.com/rhysd/actionlint/cmd/actionlint');

/** Runs a linter in the repository. @returns what it found, as it prints it; empty when it found nothing */
export function findings(program: string, parameters: readonly string[], input?: string): string {
  const result = spawnSync(program, parameters, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1' },
    ...(input === undefined ? {} : { input }),
  });
  if (result.error) return String(result.error);
  return result.status === 0 ? '' : `${result.stdout}${result.stderr}` || `exit status ${result.status}`;
}

/** @throws Error with apt's output when it cannot be installed */
export function ensureShellcheck(): void {
  installPackages(['shellcheck'], 'the check of scripts');
}

/** Codes of shellcheck: parameters come from the environment, and functions of a library may take more arguments than a script gives. */
const excludedOfHosts = 'SC2154,SC2119,SC2120';

/** Each script is checked as it runs: together with its libraries. */
export function shellcheckHostScripts(): string {
  ensureShellcheck();
  const problems = hostScriptNames.map((name) => {
    const found = findings('shellcheck', ['--shell=bash', `--exclude=${excludedOfHosts}`, '-'], hostScriptText(name));
    return found === '' ? '' : `${name}:\n${found}`;
  });
  return problems.join('');
}

/** Workflows, manifests and dependabot.yml; .github/zizmor.yml has what is accepted, and why. */
export function zizmor(): string {
  return findings(join(pythonLinters(), 'zizmor'), [
    ...['--offline', '--quiet', '--no-progress', '--color=never', '.'],
  ]);
}

/**
 * It checks the scripts of `run` with shellcheck.
 * @param options the file of what is accepted; default: .github/actionlint.yaml, which says why
 */
export async function actionlint(...options: readonly string[]): Promise<string> {
  return findings(join(await actionlintFolder(), 'actionlint'), ['-no-color', '-oneline', ...options]);
}

/** The template's own metadata has what is accepted, and why. */
export function cfnLint(): string {
  return findings(join(pythonLinters(), 'cfn-lint'), ['--format', 'parseable', 'infra/holdfast.yml']);
}

/** @param options default: the Dockerfile itself has what is accepted, and why */
export function hadolint(...options: readonly string[]): string {
  return findings(join(pythonLinters(), 'hadolint'), ['--no-color', ...options, 'ops/Dockerfile']);
}
