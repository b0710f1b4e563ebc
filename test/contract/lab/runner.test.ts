// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are workflow files, whose expressions look alike
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { tracked } from '../../../lab/runner/process-tree.ts';
import { type Bench, bench } from './support-github.ts';

const workflow = (jobs: string, top = ''): string => `name: T
on:
  schedule: [{ cron: '0 0 * * *' }]
  workflow_dispatch:
    inputs:
      mode: { type: choice, options: [stop, freeze] }
      dry-run: { type: boolean, default: false }
${top}
jobs:
${jobs
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

/** An action in plain JavaScript, with a post step, that reports what it was given. */
const action = {
  'actions/probe/action.yml': `name: Probe
description: Says what it sees
inputs:
  word: { description: a word, default: hello }
  token: { description: the token, default: '\${{ github.token }}' }
  wait: { description: wait for a signal, default: 'false' }
outputs:
  echoed: { description: the word }
runs: { using: node24, main: main.mjs, post: post.mjs }
`,
  'actions/probe/main.mjs': `import { appendFileSync } from 'node:fs';
const e = process.env;
appendFileSync(e.GITHUB_OUTPUT, 'echoed=' + e.INPUT_WORD + '\\n');
appendFileSync(e.GITHUB_STATE, 'kept<<END\\ntwo\\nlines\\nEND\\n');
appendFileSync(e.GITHUB_STEP_SUMMARY, '# Probe ' + e.INPUT_WORD + '\\n');
console.log('token ' + e.INPUT_TOKEN, 'oidc ' + (e.ACTIONS_ID_TOKEN_REQUEST_TOKEN ? 'yes' : 'no'));
console.log('node ' + process.version, 'stray ' + e.STRAY);
if (e.INPUT_WAIT === 'true') {
  process.on('SIGINT', () => { console.log('got SIGINT'); process.exit(1); });
  console.log('waiting');
  setInterval(() => {}, 1000);
}
`,
  'actions/probe/post.mjs': `console.log('post of ' + process.env.INPUT_WORD + ' with ' + JSON.stringify(process.env.STATE_kept));`,
};

let current: Bench | undefined;
afterEach(async () => {
  await current?.stop();
  current = undefined;
});

async function start(jobs: string, options: { top?: string; files?: Record<string, string>; secrets?: object } = {}) {
  current = await bench(
    { '.github/workflows/t.yml': workflow(jobs, options.top), ...action, ...options.files },
    {
      secrets: { KEY: 'very-secret' },
      vars: { SOURCE: 'ib01' },
      cancelDelays: { terminate: 400, kill: 400 },
      ...options.secrets,
    },
  );
  return current;
}

const texts = (found: Bench): string[] => found.lines.map((line) => `${line.kind}: ${line.text}`);

describe('a workflow run', () => {
  test('passes outputs between steps and jobs, and runs jobs in the order of their needs', async () => {
    const lab = await start(`b:
  needs: a
  runs-on: ubuntu-latest
  steps:
    - run: echo "got \${{ needs.a.outputs.word }} from \${{ needs.a.result }}, \${{ vars.SOURCE }}, \${{ inputs.dry-run }}"
a:
  runs-on: ubuntu-latest
  outputs: { word: '\${{ steps.probe.outputs.echoed }}' }
  steps:
    - uses: actions/checkout@v5
    - { id: probe, uses: ./actions/probe, with: { word: "\${{ format('{0}-{1}', vars.SOURCE, github.run_attempt) }}" } }`);
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(run.conclusion).toBe('success');
    expect(texts(lab)).toContain('text: got ib01-1 from success, ib01, ');
    expect(texts(lab)).toContain('text: post of ib01-1 with "two\\nlines"');
    expect(run.summary).toContain('# Probe ib01-1');
    expect(lab.github.state.runs.get(run.id)).toMatchObject({ status: 'completed', conclusion: 'success' });
    // A checkout has every bundle: many runs in a row would fill the disk. Logs and summaries stay.
    const left = readdirSync(join(run.directory, 'a'));
    expect(left).toEqual(expect.arrayContaining(['log.txt', 'summary.md']));
    expect(left).not.toContain('workspace');
  });

  test('gives an identity token only to jobs with id-token: write, and hides tokens and secrets', async () => {
    process.env.STRAY = 'from-the-outside';
    const lab = await start(
      `with:
  runs-on: ubuntu-latest
  permissions: { id-token: write, contents: read }
  steps: [{ uses: actions/checkout@v5 }, { uses: ./actions/probe }]
without:
  runs-on: ubuntu-latest
  steps:
    - uses: actions/checkout@v5
    - uses: ./actions/probe
    - run: |
        echo "::add-mask::home-made"
        echo "key \${{ secrets.KEY }} home-made"
        echo "\${{ secrets.KEY }}" >> "$GITHUB_STEP_SUMMARY"`,
      { top: 'permissions: {}' },
    );
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    delete process.env.STRAY;
    const said = (job: string): string[] => lab.lines.filter((line) => line.job === job).map((line) => line.text);
    expect(said('with')).toContain('token *** oidc yes');
    expect(said('without')).toContain('token *** oidc no');
    expect(said('with')).toContain(`node ${process.version} stray undefined`);
    expect(said('without')).toContain('key *** ***');
    expect(run.summary).not.toContain('very-secret');
    expect(readFileSync(run.jobs[1]?.logPath ?? '', 'utf8')).not.toMatch(/very-secret|ghs_/);
  });

  test('a failed step skips the rest, except what asks to run; continue-on-error goes on', async () => {
    const lab = await start(`a:
  runs-on: ubuntu-latest
  steps:
    - { id: soft, run: exit 3, continue-on-error: true }
    - run: echo "soft \${{ steps.soft.outcome }} \${{ steps.soft.conclusion }}"
    - { run: false | cat, shell: bash }
    - run: echo never
    - { if: "always() && vars.SOURCE == 'ib01'", run: echo always }
    - { if: failure(), run: echo failed }
b: { needs: a, runs-on: ubuntu-latest, steps: [{ run: echo no }] }
c: { needs: a, if: "\${{ !cancelled() }}", runs-on: ubuntu-latest, steps: [{ run: 'echo "c after \${{ needs.a.result }}"' }] }`);
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(run.conclusion).toBe('failure');
    expect(run.jobs.map((job) => [job.id, job.conclusion])).toEqual([
      ['a', 'failure'],
      ['b', 'skipped'],
      ['c', 'success'],
    ]);
    expect(texts(lab).filter((line) => line.startsWith('text:'))).toEqual([
      'text: soft failure success',
      'text: always',
      'text: failed',
      'text: c after failure',
    ]);
  });

  test('a pipe fails with its first command only where the workflow names bash; a folder that is missing fails its step', async () => {
    const step = (id: string, more = ''): string =>
      `    - { id: ${id}, run: "false | true", continue-on-error: true${more} }`;
    const outcomes = (...ids: string[]): string =>
      `    - run: echo "${ids.map((id) => `\${{ steps.${id}.outcome }}`).join(' ')} \${{ job.status }}"`;
    const lab = await start(`plain:
  runs-on: ubuntu-latest
  steps:
${step('silent')}
${step('named', ', shell: bash')}
${step('nowhere', ', working-directory: nowhere')}
${outcomes('silent', 'named', 'nowhere')}
by-default:
  runs-on: ubuntu-latest
  defaults: { run: { shell: bash } }
  steps:
${step('inherited')}
${outcomes('inherited')}`);
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(run.conclusion).toBe('success');
    expect(texts(lab)).toContain('text: success failure failure success');
    expect(texts(lab)).toContain('text: failure success');
    expect(texts(lab)).toContainEqual(expect.stringMatching(/^error: An error occurred .*\/nowhere'. No such file/));
  });

  test('each job of a matrix knows which of them it is', async () => {
    const words = ['job-index', 'job-total', 'fail-fast', 'max-parallel'].map((one) => `\${{ strategy.${one} }}`);
    const steps = `  runs-on: ubuntu-latest\n  steps: [{ run: 'echo "\${{ matrix.n }} ${words.join(' ')}"' }]`;
    const lab = await start(`a:\n  strategy: { fail-fast: false, matrix: { n: [x, y] } }\n${steps}\nb:\n${steps}`);
    await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    const said = texts(lab).filter((one) => one.startsWith('text: '));
    expect(said.toSorted()).toEqual(['text:  0 1 true 1', 'text: x 0 2 false 2', 'text: y 1 2 false 2']);
  });

  test('hands on GITHUB_ENV and GITHUB_PATH, and drops a summary that is too large', async () => {
    const lab = await start(`a:
  runs-on: ubuntu-latest
  env: { FROM_JOB: job }
  steps:
    - run: |
        echo "ADDED=yes" >> "$GITHUB_ENV"
        mkdir -p "$RUNNER_TEMP/bin" && printf '#!/bin/sh\\necho own tool' > "$RUNNER_TEMP/bin/own-tool"
        chmod +x "$RUNNER_TEMP/bin/own-tool" && echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
    - { run: 'own-tool; echo "$ADDED $FROM_JOB $OWN"', env: { OWN: '\${{ env.FROM_JOB }}2' } }
    - run: head -c 1100000 /dev/zero | tr '\\0' x >> "$GITHUB_STEP_SUMMARY"`);
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(run.conclusion).toBe('success');
    expect(texts(lab)).toEqual(expect.arrayContaining(['text: own tool', 'text: yes job job2']));
    expect(texts(lab).join('\n')).toContain('upload aborted, supports content up to a size of 1024k, got 1075k');
    expect(run.summary).toBe('');
  });

  test('cancelling sends SIGINT and runs the post steps; a process that ignores everything is killed', async () => {
    const lab = await start(`a:
  runs-on: ubuntu-latest
  steps:
    - uses: actions/checkout@v5
    - { uses: ./actions/probe, with: { wait: 'true' } }
    - { if: cancelled(), run: "trap '' INT TERM; echo deaf; sleep 0.1" }
    - run: echo never`);
    const handle = await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' });
    await until(() => texts(lab).includes('text: waiting'));
    handle.cancel();
    const run = await handle.finished;
    expect(run.conclusion).toBe('cancelled');
    expect(texts(lab)).toEqual(expect.arrayContaining(['text: got SIGINT', 'text: deaf']));
    expect(texts(lab)).toContain('text: post of hello with "two\\nlines"');
    expect(texts(lab)).not.toContain('text: never');
  });

  test('a step that ignores SIGINT and SIGTERM is killed with all it started', async () => {
    const lab = await start(`a:
  runs-on: ubuntu-latest
  steps:
    - run: |
        trap '' INT TERM
        (trap '' INT TERM; setsid sleep 300 & echo "child $!"; wait) &
        echo "mark $RUNNER_TRACKING_ID"
        while true; do sleep 0.05; done`);
    const handle = await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' });
    await until(() => texts(lab).some((line) => line.startsWith('text: child')));
    await until(() => texts(lab).some((line) => line.startsWith('text: mark')));
    const mark = /mark (\S+)/.exec(texts(lab).join('\n'))?.[1] ?? '';
    expect(tracked(mark).length).toBeGreaterThan(1);
    handle.cancel();
    expect((await handle.finished).conclusion).toBe('cancelled');
    // What is killed takes a moment to go.
    await until(() => tracked(mark).length === 0);
  });

  test('a lost runner runs no post step, and the run counts as failed', async () => {
    const lab = await start(`a:
  runs-on: ubuntu-latest
  steps:
    - uses: actions/checkout@v5
    - { uses: ./actions/probe, with: { wait: 'true' } }`);
    const handle = await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' });
    await until(() => texts(lab).includes('text: waiting'));
    handle.killRunner();
    expect(lab.github.state.runs.get(handle.id)).toMatchObject({ status: 'completed', conclusion: 'failure' });
    expect((await handle.finished).conclusion).toBe('failure');
    expect(texts(lab).join('\n')).not.toMatch(/got SIGINT|post of/);
  });

  test('one job can be run again, with what the others gave', async () => {
    const lab = await start(`a:
  runs-on: ubuntu-latest
  outputs: { n: '\${{ steps.s.outputs.n }}' }
  steps: [{ id: s, run: 'echo "n=\${{ github.run_attempt }}" >> "$GITHUB_OUTPUT"' }]
b: { needs: a, runs-on: ubuntu-latest, steps: [{ run: 'echo "n \${{ needs.a.outputs.n }} in \${{ github.run_attempt }}"; exit 1' }] }`);
    const first = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    const second = await (await lab.runner.rerun(first, 'failed')).finished;
    expect(second).toMatchObject({ id: first.id, attempt: 2 });
    expect(texts(lab)).toContain('text: n 1 in 2');
    await expect(lab.runner.rerun(second, { job: 'x' })).rejects.toThrow('has no job x; it has a, b');
  });

  test('runs of one concurrency group go one after the other', async () => {
    // The first goes on until all have been started.
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-runs-'));
    const started = join(folder, 'started');
    const lab = await start(
      `a: { runs-on: ubuntu-latest, steps: [{ run: 'echo begin $GITHUB_RUN_NUMBER; until [ -e ${started} ]; do sleep 0.1; done; echo end $GITHUB_RUN_NUMBER' }] }`,
      { top: "concurrency: { group: 'g-${{ vars.SOURCE }}', cancel-in-progress: false }" },
    );
    const handles = [];
    for (let n = 0; n < 3; n += 1)
      handles.push(await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' }));
    writeFileSync(started, '');
    const runs = await Promise.all(handles.map((handle) => handle.finished));
    rmSync(folder, { recursive: true });
    expect(runs.map((run) => run.conclusion)).toEqual(['success', 'cancelled', 'success']);
    expect(texts(lab).filter((line) => line.startsWith('text:'))).toEqual(
      ['begin 1', 'end 1', 'begin 3', 'end 3'].map((line) => `text: ${line}`),
    );
  });

  test('with queue: max no run that waits is lost, of a workflow or of a called one', async () => {
    const called = `on: workflow_call
concurrency: { group: backup, queue: max }
jobs: { a: { runs-on: ubuntu-latest, steps: [{ run: 'echo begin $GITHUB_RUN_NUMBER; sleep 0.1; echo end $GITHUB_RUN_NUMBER' }] } }
`;
    const lab = await start('backup: { uses: $/.github/workflows/called.yml }', {
      files: { '.github/workflows/called.yml': called },
    });
    const handles = [];
    for (let n = 0; n < 4; n += 1)
      handles.push(await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' }));
    const runs = await Promise.all(handles.map((handle) => handle.finished));
    expect(runs.map((run) => run.conclusion)).toEqual(['success', 'success', 'success', 'success']);
    const said = texts(lab).filter((line) => line.startsWith('text:'));
    // One after the other: each ends before the next begins.
    expect(said.filter((_, index) => index % 2 === 0).map((line) => line.replace('begin', 'end'))).toEqual(
      said.filter((_, index) => index % 2 === 1),
    );
    expect(said).toHaveLength(8);
  });

  test('calls a workflow of the repository with inputs, secrets and outputs', async () => {
    const called = `on:
  workflow_call:
    inputs: { source: { type: string, required: true }, count: { type: number, default: 2 } }
    secrets: { key: { required: true } }
    outputs: { word: { value: '\${{ jobs.inner.outputs.word }}' } }
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs: { word: '\${{ steps.s.outputs.word }}' }
    steps: [{ id: s, run: 'echo "word=\${{ inputs.source }}x\${{ inputs.count }}" >> "$GITHUB_OUTPUT"; echo "\${{ secrets.key }}"' }]
  never: { if: false, runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }
`;
    const lab = await start(
      `outer: { uses: ./.github/workflows/called.yml, with: { source: a }, secrets: { key: '\${{ secrets.KEY }}' } }
after: { needs: outer, runs-on: ubuntu-latest, steps: [{ run: 'echo "\${{ needs.outer.outputs.word }}"' }] }`,
      { files: { '.github/workflows/called.yml': called } },
    );
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(run.conclusion).toBe('success');
    expect(texts(lab)).toEqual(expect.arrayContaining(['text: ax2', 'text: ***']));
  });

  test('a called workflow that asks for more than its caller has fails without running', async () => {
    const called = `on: workflow_call
jobs:
  inner: { permissions: { issues: write }, runs-on: ubuntu-latest, steps: [{ run: echo ran }] }
`;
    const lab = await start('outer: { uses: ./.github/workflows/called.yml }', {
      top: 'permissions: { issues: read }',
      files: { '.github/workflows/called.yml': called },
    });
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(run.conclusion).toBe('failure');
    expect(texts(lab).join('\n')).toContain('asks for issues: write, which its caller outer does not have');
    expect(texts(lab)).not.toContain('text: ran');
  });

  test('a newer run cancels the job of an older one where the job says so', async () => {
    const lab = await start(
      `a: { concurrency: { group: one, cancel-in-progress: true }, runs-on: ubuntu-latest, steps: [{ run: 'echo begin; sleep $((600 * (2 - GITHUB_RUN_NUMBER)))' }] }`,
    );
    const first = await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' });
    await until(() => texts(lab).includes('text: begin'));
    const second = await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' });
    const runs = await Promise.all([first.finished, second.finished]);
    expect(runs.map((run) => run.conclusion)).toEqual(['cancelled', 'success']);
  });

  test('checks dispatch inputs, all mistakes at once', async () => {
    const lab = await start(
      'a: { runs-on: ubuntu-latest, steps: [{ run: "echo \\"${{ inputs.mode }} ${{ inputs.dry-run }}\\"" }] }',
    );
    await expect(
      lab.runner.start('.github/workflows/t.yml', {
        event: 'workflow_dispatch',
        inputs: { mode: 'thaw', 'dry-run': 'yes', other: 1 },
      }),
    ).rejects.toThrow(/unknown input other.*mode is one of stop, freeze, not "thaw".*dry-run is true or false/);
    const inputs = { mode: 'freeze', 'dry-run': true };
    const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'workflow_dispatch', inputs }))
      .finished;
    expect(run.conclusion).toBe('success');
    expect(texts(lab)).toContain('text: freeze true');
  });
});

async function until(met: () => boolean): Promise<void> {
  for (let n = 0; n < 6000 && !met(); n += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  if (!met()) throw new Error('waited two minutes in vain');
}
