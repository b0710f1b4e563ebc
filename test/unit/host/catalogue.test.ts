import { describe, expect, test } from '@jest/globals';
import { catalogue, hostScriptNames, parseAnswer } from '../../../src/host/catalogue/catalogue.ts';
import type { HostScriptDefinition } from '../../../src/host/catalogue/definition.ts';

const answer = { files: 3, bytes: 100, seconds: 0.5, errors: [] };

describe('answers of host scripts', () => {
  test('one that fits is given back', () => {
    expect(parseAnswer('read-data', answer)).toEqual({ answer });
  });

  test('fields that a newer document adds do no harm', () => {
    expect(parseAnswer('read-data', { ...answer, links: 2 })).toEqual({ answer });
  });

  test.each<[string, unknown, readonly RegExp[]]>([
    ['a field of another type', { ...answer, files: '3' }, [/^files: expected number, received string/]],
    ['a missing field', { files: 3, bytes: 1, errors: [] }, [/^seconds: expected number/]],
    ['a field inside a list', { ...answer, errors: [{ path: '/a' }] }, [/^errors\.0\.message: expected string/]],
    ['several at once', { files: '3', bytes: null, seconds: 1, errors: [] }, [/^files:/, /^bytes:/]],
    ['no object at all', 'fine', [/^expected object, received string/]],
  ])('%s is named by its field', (_what, value, problems) => {
    const result = parseAnswer('read-data', value);
    expect(result).toEqual({ problems: problems.map((one) => expect.stringMatching(one)) });
  });
});

test.each(hostScriptNames)('the parameters of %s have anchored patterns, which their defaults match', (name) => {
  const { parameters }: HostScriptDefinition = catalogue[name];
  for (const { pattern, default: preset } of Object.values(parameters)) {
    expect(pattern).toMatch(/^\^.*\$$/);
    if (preset !== undefined) expect(preset).toMatch(new RegExp(pattern));
  }
});

test.each([
  ['/ibdata', true],
  ['/srv/data.d/mysql-5@a/', true],
  ['/.snapshots/x', true],
  ['/', false],
  ['/a/../b', false],
  ['/..', false],
  ['/./a', false],
  ['relative', false],
  ['/with space', false],
  ['/a;b', false],
])('%j as a mount point: allowed is %s', (path, allowed) => {
  expect(new RegExp(catalogue.inspect.parameters.MountPoint.pattern).test(path)).toBe(allowed);
});
