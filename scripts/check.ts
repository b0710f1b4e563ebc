/**
 * `npm run check`: everything that is not a test. Prints one line for each check, and below it the output of one that fails.
 */
import { join } from 'node:path';
import { root } from './lib/actions.ts';
import { readCommandLine } from './lib/command-line.ts';
import { actionlint, cfnLint, findings, hadolint, shellcheckHostScripts, zizmor } from './lib/linters.ts';
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

const command = (program: string, ...parameters: string[]): string => findings(program, parameters);

const node = join(root, 'scripts', 'node24');

/** Layers and circles; the rules and their reasons are in .dependency-cruiser.mjs. */
function importRules(): string {
  const tool = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  return command(node, tool, '--output-type', 'err-long', 'src', 'lab', 'scripts', 'bench', 'crosscheck', 'test');
}

const checks: Check[] = [
  { name: 'types', run: () => command('node_modules/.bin/tsc', '-p', '.') },
  {
    name: 'format and lint',
    run: () => command('node_modules/.bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  },
  { name: 'import rules', run: importRules },
  { name: 'host scripts (shellcheck)', run: shellcheckHostScripts },
  { name: 'generated files are up to date', run: () => command(node, 'scripts/generate.ts', '--check') },
  { name: 'dist/ is up to date', run: () => command(node, 'scripts/build.ts', '--check') },
  { name: 'workflow and action files', run: async () => (await lintWorkflows()).join('\n') },
  { name: 'actions of others are pinned', run: () => unpinnedInRepository(root).join('\n') },
  { name: 'workflow and action files (zizmor)', run: zizmor },
  { name: 'workflow files (actionlint)', run: () => actionlint() },
  { name: 'stack (cfn-lint)', run: cfnLint },
  { name: 'ops image (hadolint)', run: () => hadolint() },
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
