/** Where the commands for backups get the region from. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readSettings } from '../../../scripts/lib/backups.ts';

const names = ['HOLDFAST_REGION', 'AWS_REGION', 'AWS_DEFAULT_REGION'] as const;
const before = names.map((name) => process.env[name]);
const restore = (values: readonly (string | undefined)[]): void =>
  names.forEach((name, index) => {
    const value = values[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  });
beforeEach(() => restore([]));
afterEach(() => restore(before));

const given = { source: 'shop.prod', bucket: 'acme-receipts' };

test.each(names)('%s names the region', (name) => {
  process.env[name] = 'eu-west-1';
  expect(readSettings(given)).toMatchObject({ region: 'eu-west-1' });
});

test('AWS_REGION goes before AWS_DEFAULT_REGION, as for the AWS CLI', () => {
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' });
  expect(readSettings(given)).toMatchObject({ region: 'eu-west-1' });
});
