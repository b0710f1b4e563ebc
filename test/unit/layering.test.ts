/** The linter's layering rule, shown to bite: an import in the wrong direction is an error. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-layers-'));
copyFileSync('biome.json', join(folder, 'biome.json'));
const biome = resolve('node_modules/.bin/biome');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(path: string, code: string): { status: number | null; words: string } {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), code);
  const result = spawnSync(biome, ['lint', '--vcs-enabled=false', path], { cwd: folder, encoding: 'utf8' });
  return { status: result.status, words: `${result.stdout}${result.stderr}` };
}

describe('imports go one way', () => {
  test.each([
    ['src/volume/x.ts', "import { EC2Client } from '@aws-sdk/client-ec2';"],
    ['src/volume/x.ts', "import { Ec2Compute } from '../adapters/aws/compute.ts';"],
    ['src/volume/x.ts', "import * as core from '@actions/core';"],
    ['src/report/x.ts', "import { run } from '../actions/ib-snapshot/run.ts';"],
    ['src/runtime/x.ts', "import type { Compute } from '../ports/compute.ts';"],
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
    expect(lint('src/volume/x.ts', "export type { Compute } from '../ports/compute.ts';\n").words).not.toContain(
      'noRestrictedImports',
    );
  });
});
