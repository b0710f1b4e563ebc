import { describe, expect, test } from '@jest/globals';
import { readConfiguration } from '../../../src/rotation/plan/configuration.ts';
import { instance, region } from './samples.ts';

const defaults = {
  retention: { days: 7, weeks: 0, months: 0 },
  regions: new Set(['us-east-1', 'eu-west-1', 'ap-southeast-2']),
  region,
};
const read = (tags: Record<string, string>, more = {}) => readConfiguration(instance(tags, more), defaults);
const problemsOf = (tags: Record<string, string>): string[] => read(tags).problems.map((one) => one.what);

test('with Backup=Yes alone everything has its default', () => {
  expect(read({})).toEqual({
    problems: [],
    warnings: [],
    configuration: {
      instance: instance(),
      retention: defaults.retention,
      copyTo: [],
      consistency: 'crash',
      document: undefined,
      excluded: [],
    },
  });
});

test('every tag is understood as people write it', () => {
  const { configuration, problems } = read({
    Backup: 'yes',
    Retention: '7d 4w 12m',
    Copy_Dest: 'eu-west-1,ap-southeast-2 eu-west-1',
    Consistency: 'Freeze',
    Consistency_Document: 'HoldfastHook-flush',
    Exclude_Volumes: 'root, /dev/sdf',
  });
  expect(problems).toEqual([]);
  expect(configuration).toMatchObject({
    retention: { days: 7, weeks: 4, months: 12 },
    copyTo: ['eu-west-1', 'ap-southeast-2'],
    consistency: 'freeze',
    document: 'HoldfastHook-flush',
    excluded: ['vol-0000000000000000a', 'vol-0000000000000000b'],
  });
});

describe('a tag that cannot be understood is reported with the instance, and the others still apply', () => {
  const good = {
    Retention: '3d',
    Copy_Dest: 'eu-west-1',
    Consistency: 'freeze',
    Consistency_Document: 'HoldfastHook-flush',
    Exclude_Volumes: 'root',
  };
  const asGood = {
    retention: { days: 3, weeks: 0, months: 0 },
    copyTo: ['eu-west-1'],
    consistency: 'freeze',
    document: 'HoldfastHook-flush',
    excluded: ['vol-0000000000000000a'],
  };
  test.each<[Record<string, string>, string, Record<string, unknown>]>([
    [{ Retention: 'soon' }, 'Retention=soon', { retention: defaults.retention }],
    [{ Copy_Dest: 'mars' }, 'Copy_Dest=mars cannot be understood; it is not the name of a region', { copyTo: [] }],
    [{ Copy_Dest: 'us-west-9 eu-west-1' }, 'the account has no such region', {}],
    [{ Copy_Dest: 'us-east-1' }, 'it is the region of the snapshots themselves', { copyTo: [] }],
    [{ Consistency: 'application' }, 'the snapshot is crash-consistent', { consistency: 'crash' }],
    [{ Consistency_Document: 'a b' }, 'no document is run', { document: undefined }],
    [{ Exclude_Volumes: 'everything' }, 'that volume is not excluded', { excluded: [] }],
  ])('%j', (wrong, words, instead) => {
    const tags = { ...good, ...wrong };
    expect(read(tags)).toEqual({
      problems: [{ resource: 'i-0000000000000000a (web)', what: expect.stringContaining(words) }],
      warnings: [],
      configuration: { instance: instance(tags), ...asGood, ...instead },
    });
  });

  test('every mistake is reported at once', () => {
    expect(problemsOf({ Retention: '0', Copy_Dest: 'x y', Consistency: '?' })).toHaveLength(4);
  });

  test('without a clear Backup tag nothing is done', () => {
    expect(read({ Backup: 'No' })).toEqual({ configuration: undefined, problems: [], warnings: [] });
    expect(read({ Backup: 'perhaps' })).toMatchObject({ configuration: undefined, problems: [{}] });
  });
});

test('volumes that are not attached (any more) may be excluded', () => {
  const { configuration, problems } = read({ Exclude_Volumes: 'vol-0000000000000000c sdf sdz boot' });
  expect(problems).toEqual([]);
  expect(configuration?.excluded).toEqual(['vol-0000000000000000b', 'vol-0000000000000000a']);
});

test('any well-formed region is accepted when the regions of the account are not known', () => {
  const { configuration } = readConfiguration(instance({ Copy_Dest: 'us-west-9' }, { name: undefined }), {
    ...defaults,
    regions: undefined,
  });
  expect(configuration?.copyTo).toEqual(['us-west-9']);
});
