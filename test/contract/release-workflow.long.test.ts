/**
 * The workflow file release.yml in the lab's runner, called as ci.yml calls it: once, again, after its runner was lost at each write, and for
 * two commits at a time. Stand-ins: `npm ci` links this repository's packages, `npm run build` builds nothing, attest signs nothing, no engine
 * is tried on a server, and no ops image is built.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { RunHandle, RunResult } from '../../lab/runner/runner.ts';
import { root } from '../../scripts/lib/actions.ts';
import { type Bench, bench } from './lab/support-github.ts';

let lab: Bench;

/** ops-image.yml needs Docker and two kinds of runners; its own test builds the image. */
const image = 'ghcr.io/acme/backups/ops@sha256:0123';
const opsImage = `on:
  workflow_call:
    inputs: { version: { type: string, required: true } }
    outputs: { image: { value: '\${{ jobs.stand-in.outputs.image }}' } }
jobs:
  stand-in:
    runs-on: ubuntu-latest
    permissions: { packages: write }
    outputs: { image: '\${{ steps.push.outputs.image }}' }
    steps: [{ id: push, run: 'echo "stand-in: no image is built for \${{ inputs.version }}"; echo "image=${image}" >> "$GITHUB_OUTPUT"' }]
`;

/** engines.yml needs a container engine. */
const engines = `on: workflow_call
jobs:
  stand-in: { runs-on: ubuntu-latest, steps: [{ run: 'echo "stand-in: no engine is tried"' }] }
`;

/** ci.yml, whose tests pass at once. */
function quickCi(): string {
  const ci = parse(readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8')) as {
    jobs: { test: { steps: unknown[] } };
  };
  ci.jobs.test.steps = [{ run: 'true' }];
  return stringify(ci);
}

function git(...parameters: string[]): string {
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_COMMITTER_DATE: '2026-11-26T12:00:00Z' };
  const who = ['-c', 'user.name=lab', '-c', 'user.email=lab@localhost'];
  return execFileSync('git', ['-C', lab.root, ...who, ...parameters], { encoding: 'utf8', env: environment }).trim();
}

function commit(message: string, file: string): string {
  mkdirSync(dirname(join(lab.root, file)), { recursive: true });
  writeFileSync(join(lab.root, file), message);
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD');
}

beforeEach(async () => {
  const ci = quickCi();
  lab = await bench(
    {
      '.github/workflows/ci.yml': ci,
      '.github/workflows/engines.yml': engines,
      '.github/workflows/ops-image.yml': opsImage,
      'dist/ebs-rotate/index.js': '// bundle\n',
      '.gitignore': 'node_modules\nassets\n',
    },
    { vars: { HOLDFAST_RELEASE: 'true' }, runnerEnvironment: { HOLDFAST_RELEASE_PAUSE_MS: '1' } },
  );
  lab.faults.kill = () => lab.runner.killRunning();
  const parts = ['scripts', 'src', 'infra', 'package.json', 'package-lock.json', '.github/workflows/release.yml'];
  for (const part of parts) cpSync(join(root, part), join(lab.root, part), { recursive: true });
  const npm = execFileSync('bash', ['-c', 'type -P npm'], { encoding: 'utf8' }).trim();
  const standIn = join(lab.root, '..', 'bin', 'npm');
  mkdirSync(dirname(standIn));
  writeFileSync(
    standIn,
    `#!/bin/bash
case "$*" in
  ci*) ln -sfn '${join(root, 'node_modules')}' node_modules ;;
  'run build -- --check') echo 'stand-in: nothing is built' ;;
  *) exec '${npm}' "$@" ;;
esac
`,
  );
  chmodSync(standIn, 0o755);
  Object.assign(lab.runner.options.runnerEnvironment as object, { PATH: `${dirname(standIn)}:${process.env.PATH}` });
  git('init', '--quiet', '--initial-branch=main');
  commit('The first commit', 'README.md');
});
afterEach(() => lab.stop());

const push = (): Promise<RunHandle> => lab.runner.start('.github/workflows/ci.yml', { event: 'push' });
const log = (run: RunResult): string =>
  run.jobs.map(({ logPath }) => (logPath ? readFileSync(logPath, 'utf8') : '')).join('\n');
const published = () =>
  lab.github.state.releases.map(({ tag, target, draft, assets }) => ({
    tag,
    target,
    draft,
    assets: assets.map(({ name }) => name).sort(),
  }));
const files = ['SHA256SUMS', 'holdfast.cdx.json', 'holdfast.yml'];

test('a push to main is released; run again, nothing changes; the next commit has the next version and tells what changed', async () => {
  const first = git('rev-parse', 'HEAD');
  const run = await (await push()).finished;
  expect([run.conclusion, log(run)]).toEqual(['success', expect.stringContaining('Published v2026.1126.1')]);
  expect(log(run)).toContain('nothing is signed: holdfast.yml holdfast.cdx.json dist/ebs-rotate/index.js');
  expect(published()).toEqual([{ tag: 'v2026.1126.1', target: first, draft: false, assets: files }]);
  expect(lab.github.state.releases[0]?.body).toContain(`acme/backups/actions/ebs-rotate@${first} # v2026.1126.1`);

  expect(lab.github.state.releases[0]?.body).toContain(image);
  expect(log(run)).toContain('no image is built for v2026.1126.1');

  const again = await (await lab.runner.rerun(run)).finished;
  expect([again.conclusion, log(again)]).toEqual(['success', expect.stringContaining('was published before')]);
  expect(published()).toHaveLength(1);

  const second = commit('Copies wait <for> the quota', 'src/rotation/execute/more.ts');
  expect((await (await push()).finished).conclusion).toBe('success');
  expect(published()).toEqual([
    expect.anything(),
    { tag: 'v2026.1126.2', target: second, draft: false, assets: files },
  ]);
  const body = lab.github.state.releases[1]?.body ?? '';
  expect(body).toMatch(/^The stack is that of v2026\.1126\.1/);
  expect(body).toContain('**EBS rotation**\n\n- Copies wait &lt;for&gt; the quota');
});

test.each(['CreateRelease', 'UploadReleaseAsset', 'UpdateRelease'])(
  'a runner that is lost after %s: running the failed jobs again ends with one whole release',
  async (operation) => {
    lab.faults.add({ name: 'lost', endpoint: 'github', operation, effect: { kind: 'kill-after' } });
    const run = await (await push()).finished;
    expect(run.conclusion).toBe('failure');
    const again = await (await lab.runner.rerun(run, 'failed')).finished;
    expect([again.conclusion, log(again)]).toEqual(['success', expect.stringMatching(/Published|published before/)]);
    expect(published()).toEqual([
      { tag: 'v2026.1126.1', target: git('rev-parse', 'HEAD'), draft: false, assets: files },
    ]);
  },
);

test('an answer that GitHub does not give in time is asked for again within the run', async () => {
  lab.faults.add({ name: 'lost', endpoint: 'github', operation: 'UpdateRelease', effect: { kind: 'lose-answer' } });
  const run = await (await push()).finished;
  expect([run.conclusion, log(run)]).toEqual(['success', expect.stringContaining('was published before')]);
  expect(published()).toHaveLength(1);
});

test('a copy of the repository has no releases until its variable says so', async () => {
  Object.assign(lab.runner.options.vars as object, { HOLDFAST_RELEASE: '' });
  const run = await (await push()).finished;
  const ends = Object.fromEntries(run.jobs.map(({ key, conclusion }) => [key, conclusion]));
  expect(ends).toEqual({ test: 'success', engines: 'success', 'engines / stand-in': 'success', release: 'skipped' });
  expect(published()).toEqual([]);
});
