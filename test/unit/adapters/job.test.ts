import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { currentJob } from '../../../src/adapters/github/job.ts';

const made: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-job-'));
  made.push(path);
  return path;
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true });
});

const name = expect.stringMatching(/^[0-9a-f-]{36}$/);

test('all steps of a job find one name, and each job has another', () => {
  const [one, other] = [folder(), folder()];
  expect(currentJob(one)).toEqual(name);
  expect(currentJob(one)).toBe(currentJob(one));
  expect(currentJob(other)).not.toBe(currentJob(one));
});

test('without a folder, or where the file says nothing, each call gives another name', () => {
  const odd = folder();
  writeFileSync(join(odd, 'holdfast-job'), '');
  for (const where of [odd, '', join(odd, 'nowhere')]) {
    expect(currentJob(where)).toEqual(name);
    expect(currentJob(where)).not.toBe(currentJob(where));
  }
});
