// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are workflow files, whose expressions look alike
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lintWorkflows } from '../../../scripts/lint-workflows.ts';

async function lint(files: Record<string, string>): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-lint-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return await lintWorkflows(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const manifest =
  'name: x\ndescription: x\ninputs: { must: { required: true, description: d } }\nruns: { using: node24, main: x.js }\n';
const workflow = (step: string): string =>
  `on: push\npermissions: { contents: read }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;

test('a sound workflow and action have no problems', async () => {
  const uses = workflow('{ uses: ./actions/x, with: { must: "${{ github.ref }}" } }');
  expect(await lint({ '.github/workflows/a.yml': uses, 'actions/x/action.yml': manifest })).toEqual([]);
});

test('unknown contexts, permissions, keys and inputs are named with their line', async () => {
  const found = await lint({
    '.github/workflows/a.yml': workflow('{ run: "echo ${{ nothing.x }}" }').replace('contents', 'content'),
    '.github/workflows/b.yml': workflow('{ uses: ./actions/x, with: { nope: 1 } }'),
    'actions/x/action.yml': `${manifest}bogus: 1\n`,
  });
  expect(found.join('\n')).toContain(".github/workflows/a.yml:7: Unrecognized named-value: 'nothing'");
  expect(found.join('\n')).toContain(".github/workflows/a.yml:2: Unexpected value 'content'");
  expect(found.join('\n')).toContain('b.yml:1: job a, ./actions/x: no input nope');
  expect(found.join('\n')).toContain('b.yml:1: job a, ./actions/x: input must is required');
  expect(found.join('\n')).toContain("actions/x/action.yml:5: Unexpected value 'bogus'");
});
