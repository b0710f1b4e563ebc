/** Folders in the place of files, and files in folders that do not exist: told as such, not as EISDIR. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openTarget } from '../../../src/actions/anonymize/places.ts';
import { readDefinitions } from '../../../src/actions/anonymize/run.ts';
import { rulesInput } from '../../../src/actions/common/anonymize-inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noObjects = (): never => {
  throw new Error('no S3 here');
};

test('a result cannot be a folder, nor lie in one that does not exist; nothing is left there', async () => {
  await expect(openTarget(folder, noObjects)).rejects.toMatchObject({
    problems: [`to: ${folder} is a folder; allowed: a file, such as ${join(folder, 'dump.anon.sql.gz')}`],
  });
  await expect(openTarget(join(folder, 'no', 'such.sql'), noObjects)).rejects.toMatchObject({
    problems: [`to: the folder ${join(folder, 'no')} does not exist; allowed: a file in a folder that does`],
  });
  expect(readdirSync(folder)).toEqual([]);
  const target = await openTarget(join(folder, 'result.sql'), noObjects);
  await target.write(Buffer.from('SELECT 1;\n'));
  await target.keep();
  expect(readdirSync(folder)).toEqual(['result.sql']);
});

test('definitions cannot be a folder', async () => {
  await expect(async () => readDefinitions(folder)).rejects.toThrow(
    `${folder} is a folder, such as pg_dump -Fd writes`,
  );
});

test('rules cannot be a folder', () => {
  const { parse } = rulesInput('rules') as unknown as { parse: (path: string) => unknown };
  expect(() => parse(folder)).toThrow(`${folder} is a folder`);
  writeFileSync(join(folder, 'rules.yml'), 'version: 1\n');
  expect(parse(join(folder, 'rules.yml'))).toMatchObject({ unknownColumns: 'emails' });
});
