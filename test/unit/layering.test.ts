/** The linter's layering rule, shown to bite: an import in the wrong direction is an error. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';

function lint(path: string, code: string): { status: number | null; words: string } {
  const result = spawnSync('node_modules/.bin/biome', ['lint', `--stdin-file-path=${path}`], {
    input: code,
    encoding: 'utf8',
  });
  return { status: result.status, words: `${result.stdout}${result.stderr}` };
}

describe('imports go one way', () => {
  test.each([
    ['src/snapshot/x.ts', "import { EC2Client } from '@aws-sdk/client-ec2';"],
    ['src/snapshot/x.ts', "import { Ec2Compute } from '../adapters/aws/compute.ts';"],
    ['src/verification/x.ts', "import * as core from '@actions/core';"],
    ['src/report/x.ts', "import { run } from '../actions/ib-snapshot/run.ts';"],
    ['src/runtime/x.ts', "import type { Compute } from '../ports.ts';"],
    ['src/actions/ib-snapshot/x.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['src/adapters/aws/x.ts', "import { run } from '../../actions/ib-snapshot/run.ts';"],
    ['src/report/x.ts', "import { startLab } from '../../lab/lab.ts';"],
  ])('%s may not say %s', (path, line) => {
    const name = /\{ (\w+) \}|\* as (\w+)/.exec(line);
    expect(lint(path, `${line}\nexport type X = typeof ${name?.[1] ?? name?.[2]};\n`).words).toContain(
      'noRestrictedImports',
    );
  });

  test('and what is allowed passes', () => {
    expect(lint('src/adapters/aws/x.ts', "export { EC2Client } from '@aws-sdk/client-ec2';\n").words).not.toContain(
      'noRestrictedImports',
    );
    expect(lint('src/snapshot/x.ts', "export type { Compute } from '../ports.ts';\n").words).not.toContain(
      'noRestrictedImports',
    );
  });
});
