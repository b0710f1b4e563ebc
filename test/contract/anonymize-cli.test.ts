/** The command `npm run -s anonymize`. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (env: Record<string, string>, ...parameters: string[]): Promise<{ status: number; err: string }> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile('scripts/node24', ['scripts/anonymize.ts', ...parameters], options, (error, _out, err) =>
      resolve({ status: error ? Number(error.code) : 0, err }),
    );
  });

test('names all wrong arguments at once', async () => {
  const parameters = ['nofile', 'o.gz', '--level', '12', '--footer', 'x', '--rules', 'no.yml', '--gzip', '--zstd'];
  const { status, err } = await run({ HOLDFAST_ANONYMIZE_KEY: 'short' }, ...parameters);
  expect(status).toBe(2);
  for (const part of [
    '--gzip, --zstd: only one',
    '--level: 12 is not from 1 to 9',
    '--footer',
    'at least 16 characters',
    'no.yml does not exist',
    'nofile does not exist',
  ])
    expect(err).toContain(part);
});

test('recognises an archive of pg_dump', async () => {
  const path = join(folder, 'x.dump');
  writeFileSync(path, 'PGDMP\x01\x0e\x00');
  const { status, err } = await run({}, path, join(folder, 'out.gz'));
  expect(status).toBe(1);
  expect(err).toContain('this is an archive of pg_dump');
});
