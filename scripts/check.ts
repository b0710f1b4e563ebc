/**
 * `npm run check`: everything that is not a test. Prints one line for each check, and below it the output of one that fails.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { hostScriptNames } from '../src/host/catalogue/catalogue.ts';
import { hostScriptText } from './host-scripts.ts';
import { root } from './lib/actions.ts';
import { readCommandLine } from './lib/command-line.ts';
import { installPackages } from './lib/debian.ts';
import { actionlintFolder, pythonLinters } from './lib/linters.ts';
import { ToolMissing } from './lib/tools.ts';
import { unpinnedInRepository } from './lint/pins.ts';
import { lintWorkflows } from './lint-workflows.ts';

readCommandLine('npm run check\n\nRuns everything that is not a test: types, lint, import rules, generated files.', {
  options: {},
});

interface Check {
  readonly name: string;
  readonly run: () => Promise<string> | string;
}

/** Runs a command. @returns its output when it fails, and nothing when it passes */
function command(program: string, ...parameters: string[]): string {
  const result = spawnSync(program, parameters, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (result.error) return String(result.error);
  return result.status === 0 ? '' : `${result.stdout}${result.stderr}` || `exit status ${result.status}`;
}

const node = join(root, 'scripts', 'node24');

/** Each script is checked as it runs: together with its libraries, whose functions may take more arguments than it gives. */
function hostScripts(): string {
  installPackages(['shellcheck'], 'the check of the host scripts');
  const problems = hostScriptNames.map((name) => {
    const result = spawnSync('shellcheck', ['--shell=bash', '--exclude=SC2154,SC2119,SC2120', '-'], {
      input: hostScriptText(name),
      encoding: 'utf8',
    });
    return result.status === 0 ? '' : `${name}:\n${result.stdout}${result.stderr}`;
  });
  return problems.join('');
}

/** Layers and circles; the rules and their reasons are in .dependency-cruiser.mjs. */
function importRules(): string {
  const tool = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  return command(node, tool, '--output-type', 'err-long', 'src', 'lab', 'scripts', 'bench', 'crosscheck', 'test');
}

/** Workflows, manifests and dependabot.yml; .github/zizmor.yml has what is accepted, and why. */
function zizmor(): string {
  const program = join(pythonLinters(), 'zizmor');
  return command(program, '--offline', '--quiet', '--no-progress', '--color=never', '.');
}

/** .github/actionlint.yaml has what is accepted, and why. It checks the scripts of `run` with shellcheck. */
function actionlint(): string {
  const program = join(actionlintFolder(), 'actionlint');
  return command(program, '-no-color', '-oneline');
}

/** The template's own metadata has what is accepted, and why. */
function cfnLint(): string {
  return command(join(pythonLinters(), 'cfn-lint'), '--format', 'parseable', 'infra/holdfast.yml');
}

/** The Dockerfile itself has what is accepted, and why. */
function hadolint(): string {
  return command(join(pythonLinters(), 'hadolint'), '--no-color', 'ops/Dockerfile');
}

const checks: Check[] = [
  { name: 'types', run: () => command('node_modules/.bin/tsc', '-p', '.') },
  {
    name: 'format and lint',
    run: () => command('node_modules/.bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  },
  { name: 'import rules', run: importRules },
  { name: 'host scripts (shellcheck)', run: hostScripts },
  { name: 'generated files are up to date', run: () => command(node, 'scripts/generate.ts', '--check') },
  { name: 'dist/ is up to date', run: () => command(node, 'scripts/build.ts', '--check') },
  { name: 'workflow and action files', run: async () => (await lintWorkflows()).join('\n') },
  { name: 'actions of others are pinned', run: () => unpinnedInRepository(root).join('\n') },
  { name: 'workflow and action files (zizmor)', run: zizmor },
  { name: 'workflow files (actionlint)', run: actionlint },
  { name: 'stack (cfn-lint)', run: cfnLint },
  { name: 'ops image (hadolint)', run: hadolint },
];

let failed = 0;
for (const { name, run } of checks) {
  const startedAt = Date.now();
  let problems: string;
  try {
    problems = await run();
  } catch (error) {
    // CI checks everything; a computer that lacks a linter still gets the other checks.
    if (error instanceof ToolMissing && !process.env.CI) {
      console.log(`- ${name}: left out, ${error.message}`);
      continue;
    }
    problems = error instanceof ToolMissing ? error.message : ((error as Error).stack ?? String(error));
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${problems === '' ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (problems !== '') {
    failed += 1;
    console.log(problems.trimEnd().replace(/^/gm, '    '));
  }
}
process.exit(failed === 0 ? 0 : 1);
