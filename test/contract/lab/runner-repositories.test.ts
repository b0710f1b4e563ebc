// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are workflow files, whose expressions look alike
/**
 * Workflows and actions of other repositories. What GitHub does: docs.github.com, "Workflow syntax" (`steps[*].uses`, the section on
 * `$/`), "Reusing workflow configurations" (`github` context) and "OpenID Connect reference" (`job_workflow_ref`); the variables of
 * actions: actions/runner 2.336, ActionRunner.cs and ActionManager.cs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Trigger } from '../../../lab/runner/runner.ts';
import { type Bench, bench } from './support-github.ts';

const hash = 'a'.repeat(40);

/** An action that says where it comes from. */
const probe = {
  'actions/probe/action.yml': `name: Probe
description: Says where it comes from
inputs: { file: { description: a file, default: '' } }
runs: { using: node24, main: main.mjs, post: post.mjs }
`,
  'actions/probe/main.mjs': `import { existsSync, readdirSync } from 'node:fs';
const e = process.env;
console.log('from', e.GITHUB_ACTION_REPOSITORY ?? 'nowhere', e.GITHUB_ACTION_REF ?? '-');
console.log('run of', e.GITHUB_REPOSITORY, e.GITHUB_WORKFLOW_REF);
console.log('workspace', readdirSync(e.GITHUB_WORKSPACE).sort().join(' ') || 'empty');
if (e.ACTIONS_ID_TOKEN_REQUEST_URL) {
  const answer = await fetch(e.ACTIONS_ID_TOKEN_REQUEST_URL + '&audience=x', {
    headers: { authorization: 'Bearer ' + e.ACTIONS_ID_TOKEN_REQUEST_TOKEN },
  });
  const claims = JSON.parse(Buffer.from((await answer.json()).value.split('.')[1], 'base64url').toString());
  console.log('sub', claims.sub);
  console.log('called', claims.job_workflow_ref, claims.repository, claims.workflow_ref);
} else console.log('no identity token');
`,
  'actions/probe/post.mjs': `console.log('post of', process.env.GITHUB_ACTION_REPOSITORY);`,
};

const called = `on:
  workflow_call:
    inputs: { flag: { type: boolean, default: false }, word: { type: string } }
    secrets: { KEY: { required: false } }
concurrency: { group: 'called-\${{ inputs.word }}', queue: max }
jobs:
  inner:
    runs-on: ubuntu-latest
    permissions: { id-token: write, contents: read }
    steps:
      - uses: $/actions/probe
      - run: echo "origin \${{ job.workflow_repository }} \${{ job.workflow_file_path }} vars \${{ vars.SOURCE }} key \${{ secrets.KEY != '' }} other \${{ secrets.OTHER != '' }}"
      - uses: actions/checkout@v7
        if: inputs.flag
      - run: ls
`;

let current: Bench | undefined;
afterEach(async () => {
  await current?.stop();
  current = undefined;
});

/** The files of this repository, and a caller in a folder of its own. */
async function callFrom(caller: string, trigger: Partial<Trigger> = {}, more: Record<string, string> = {}) {
  const lab = await bench(
    { '.github/workflows/called.yml': called, ...probe, ...more },
    { secrets: { KEY: 'very-secret', OTHER: 'another-one' }, vars: { SOURCE: 'ib01' } },
  );
  current = lab;
  const root = join(dirname(lab.root), 'caller');
  for (const [path, content] of Object.entries({ '.github/workflows/call.yml': caller, 'rules.yml': '' })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  // The runner's option is read when a run starts.
  Object.assign(lab.runner.options, { repositories: { 'OWNER/holdfast': lab.root } });
  const handle = await lab.runner.start('.github/workflows/call.yml', { event: 'schedule', root, ...trigger });
  const run = await handle.finished;
  return { run, texts: lab.lines.map(({ kind, text }) => `${kind}: ${text}`) };
}

const call = (more = '', uses = `OWNER/holdfast/.github/workflows/called.yml@${hash}`): string => `on:
  schedule: [{ cron: '7 3 * * *' }]
  workflow_dispatch: { inputs: { flag: { type: boolean, default: false } } }
  pull_request:
jobs:
  backup:
    permissions: { id-token: write, contents: read }
    uses: ${uses}
${more}`;

describe('a workflow of another repository', () => {
  test("has the caller's variables, token and subject, its own actions, and an empty workspace", async () => {
    const { run, texts } = await callFrom(call("    secrets: { KEY: '${{ secrets.KEY }}' }"));
    expect(run.conclusion).toBe('success');
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^text: from OWNER\/holdfast [0-9a-f]{40}$/),
        'text: run of acme/backups acme/backups/.github/workflows/call.yml@refs/heads/main',
        'text: workspace empty',
        'text: sub repo:acme/backups:ref:refs/heads/main',
        `text: called OWNER/holdfast/.github/workflows/called.yml@${hash} acme/backups acme/backups/.github/workflows/call.yml@refs/heads/main`,
        'text: origin OWNER/holdfast .github/workflows/called.yml vars ib01 key true other false',
        'text: post of OWNER/holdfast',
      ]),
    );
    expect(texts).not.toContain('text: rules.yml');
  });

  test("checks out the caller's files", async () => {
    const { texts } = await callFrom(call('    with: { flag: true }'));
    expect(texts).toContain('text: rules.yml');
  });

  test('takes no text for a boolean, as a schedule would give it, and nothing that it does not declare', async () => {
    const { run, texts } = await callFrom(call("    with: { flag: '${{ inputs.flag }}' }"));
    expect(run.conclusion).toBe('failure');
    expect(texts.join('\n')).toContain("flag: Unexpected value ''");
    await current?.stop();
    await expect(callFrom(call('    with: { flg: true }\n    secrets: { KAY: x }'))).rejects.toThrow(
      /Invalid input, flg is not defined.*\n.*Invalid secret, KAY is not defined/,
    );
  });

  test('an action of another repository; one in the workspace says nothing of its origin', async () => {
    const uses = (reference: string) => `on: { schedule: [{ cron: '7 3 * * *' }] }
jobs: { a: { runs-on: ubuntu-latest, steps: [{ uses: actions/checkout@v7 }, { uses: '${reference}' }] } }
`;
    const { texts } = await callFrom(uses(`OWNER/holdfast/actions/probe@v1.2.3`));
    expect(texts).toContain('text: from OWNER/holdfast v1.2.3');
    await current?.stop();
    const own = await bench({ '.github/workflows/t.yml': uses('./actions/probe'), ...probe });
    current = own;
    await (await own.runner.start('.github/workflows/t.yml', { event: 'schedule' })).finished;
    expect(own.lines.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['from nowhere -', 'no identity token', 'post of undefined']),
    );
  });

  test('./ in it means the workspace, where the action is not; $/ with a ref, and an unknown repository, are refused', async () => {
    const local = called.replace('$/actions/probe', './actions/probe');
    const { run, texts } = await callFrom(call(), {}, { '.github/workflows/called.yml': local });
    expect(run.conclusion).toBe('failure');
    expect(texts.join('\n')).toContain("Can't find a usable action under ./actions/probe");
    await current?.stop();
    await expect(
      callFrom(call(), {}, { '.github/workflows/called.yml': called.replace('/probe', '/probe@v1') }),
    ).rejects.toThrow('takes no @ref');
    await current?.stop();
    await expect(callFrom(call('', 'OTHER/x/.github/workflows/y.yml@v1'))).rejects.toThrow(
      'the lab runner has no OTHER/x',
    );
  });

  test('its own concurrency group counts; one that its caller holds is a deadlock', async () => {
    const caller = `concurrency: called-\n${call()}`;
    const { run, texts } = await callFrom(caller);
    expect(run.conclusion).toBe('failure');
    expect(texts.join('\n')).toContain('a deadlock was detected');
  });

  test('a pull request from a fork gets no secrets, no variables and no identity token', async () => {
    const { run, texts } = await callFrom(call("    secrets: { KEY: '${{ secrets.KEY }}' }"), {
      event: 'pull_request',
      fork: true,
    });
    expect(run.conclusion).toBe('success');
    expect(texts).toEqual(
      expect.arrayContaining([
        'text: no identity token',
        'text: origin OWNER/holdfast .github/workflows/called.yml vars  key false other false',
      ]),
    );
  });
});

test('$/ calls a workflow of the same file', async () => {
  const outer =
    'on: { workflow_call: {} }\njobs:\n  nested: { permissions: { id-token: write, contents: read }, uses: $/.github/workflows/called.yml, with: { word: x } }\n';
  const { run, texts } = await callFrom(
    call('', `OWNER/holdfast/.github/workflows/outer.yml@${hash}`),
    {},
    {
      '.github/workflows/outer.yml': outer,
    },
  );
  expect(run.conclusion).toBe('success');
  expect(texts).toContain(
    `text: called OWNER/holdfast/.github/workflows/called.yml@${hash} acme/backups acme/backups/.github/workflows/call.yml@refs/heads/main`,
  );
});
