// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are workflow files, whose expressions look alike
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { type Bench, bench } from './support-github.ts';

const core = fileURLToPath(import.meta.resolve('@actions/core'));
const github = fileURLToPath(import.meta.resolve('@actions/github'));

/** An action on the real toolkit: inputs, outputs, state, masks, summary, identity, and an issue with the job's token. */
const files = {
  '.github/workflows/t.yml': `on: { schedule: [{ cron: '0 0 * * *' }] }
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    permissions: { id-token: write, issues: write }
    steps:
      - uses: actions/checkout@v5
      - { id: kit, uses: ./actions/kit, with: { count: 3, list: "a\\nb" } }
      - run: echo "out \${{ steps.kit.outputs.result }} \${{ fromJSON(steps.kit.outputs.json).deep[1] }}"
  b:
    needs: a
    if: failure()
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@v5
      - { uses: ./actions/kit, with: { count: 1 } }
`,
  'actions/kit/action.yml': `name: Kit
description: Uses the toolkit
inputs:
  count: { description: n, required: true }
  list: { description: l, default: '' }
  github-token: { description: t, default: '\${{ github.token }}' }
outputs: { result: { description: r }, json: { description: j } }
runs: { using: node24, main: main.mjs, post: main.mjs }
`,
  'actions/kit/main.mjs': `import * as core from '${core}';
import { context, getOctokit } from '${github}';
if (core.getState('phase') === 'main') {
  core.info('post phase of run ' + context.runId);
} else {
  core.saveState('phase', 'main');
  core.setSecret('tell-nobody');
  core.info('lines ' + core.getMultilineInput('list').join('+') + ' tell-nobody');
  core.startGroup('Working'); core.endGroup();
  core.warning('careful', { title: 'Title' });
  core.setOutput('result', Number(core.getInput('count', { required: true })) * 2);
  core.setOutput('json', { deep: ['x', 'line 1\\nline 2'] });
  await core.summary.addHeading('Kit').addTable([[{ data: 'h', header: true }], ['tell-nobody']]).write();
  try {
    const token = await core.getIDToken('sts.amazonaws.com');
    core.info('identity ' + JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sub);
  } catch (error) { core.info('no identity: ' + error.message); }
  const api = getOctokit(core.getInput('github-token'));
  const made = await api.rest.issues.create({ ...context.repo, title: 'from ' + context.workflow });
  core.info('issue ' + made.data.number);
  core.setFailed('on purpose');
}
`,
};

let lab: Bench | undefined;
afterEach(() => lab?.stop());

test("actions on GitHub's toolkit find everything they expect, and only what their job allows", async () => {
  lab = await bench(files);
  const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
  const said = lab.lines.map((line) => `${line.job} ${line.kind}: ${line.text}`);
  expect(run.conclusion).toBe('failure');
  expect(said).toEqual(
    expect.arrayContaining([
      'a text: lines a+b ***',
      'a group: Working',
      'a warning: Title: careful',
      'a text: identity repo:acme/backups:ref:refs/heads/main',
      'a text: issue 1',
      'a error: on purpose',
      `a text: post phase of run ${run.id}`,
    ]),
  );
  expect(said.join('\n')).toMatch(/b text: no identity: .*ACTIONS_ID_TOKEN_REQUEST_URL/);
  expect(said.join('\n')).toContain('Resource not accessible by integration');
  expect(lab.github.state.issues.map((issue) => issue.title)).toEqual(['from .github/workflows/t.yml']);
  expect(run.summary).toContain('<h1>Kit</h1>');
  expect(run.summary).not.toContain('tell-nobody');
  expect(lab.log.records.map((record) => `${record.operation} ${record.status}`)).toEqual(
    expect.arrayContaining(['GetIdToken 200', 'CreateIssue 201', 'CreateIssue 403']),
  );
});

test('outputs reach later steps whole', async () => {
  const sound = {
    ...files,
    'actions/kit/main.mjs': files['actions/kit/main.mjs'].replace("core.setFailed('on purpose');", ''),
  };
  lab = await bench(sound);
  const run = await (await lab.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
  expect(run.jobs.map((job) => job.conclusion)).toEqual(['success', 'skipped']);
  expect(lab.lines.map((line) => line.text)).toEqual(expect.arrayContaining(['out 6 line 1', 'line 2']));
});
