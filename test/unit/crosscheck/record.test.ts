/** The table of docs/crosscheck.md says of each witness what the code says today. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { faults } from '../../../crosscheck/faults/faults.ts';
import { installedVersion, pinnedPython } from '../../../crosscheck/lib/pinned.ts';
import { readHeard } from '../../../crosscheck/record.ts';
import { witnesses } from '../../../crosscheck/witnesses/all.ts';
import { root } from '../../../scripts/lib/actions.ts';

const heard = new Map(readHeard().map((one) => [one.name, one]));

test('every witness was heard, and no other', () => {
  expect([...heard.keys()].sort()).toEqual([...witnesses.keys()].sort());
});

test.each([...witnesses])(
  '%s was heard with what it compares now, and its known differences are those of the table',
  async (name, load) => {
    const { compares, known } = await load();
    const reason = ({ why, right, source }: { why: string; right: string; source: string }): string =>
      JSON.stringify([why, right, source]);
    expect(heard.get(name)?.compares).toBe(compares);
    // One reason may stand at several points.
    expect([...new Set(heard.get(name)?.known.map(reason))].sort()).toEqual([...new Set(known.map(reason))].sort());
  },
);

test('the versions that are pinned are those of the table', () => {
  const install = (name: string): string => join(root, 'crosscheck', 'witnesses', name, 'install');
  expect(heard.get('moto')?.version).toBe(pinnedPython(install('moto'), 'moto'));
  expect(heard.get('api-models')?.version).toBe(pinnedPython(install('api-models'), 'botocore'));
  expect(heard.get('linters')?.version).toContain(`action-validator ${installedVersion('@action-validator/core')}`);
});

test('as many faults were noticed as there are', () => {
  expect(heard.get('faults')).toMatchObject({ version: `${faults.length} faults`, agreed: faults.length });
});
