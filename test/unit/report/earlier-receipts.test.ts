/** Receipts that earlier versions of Holdfast have written. */
import { expect, test } from '@jest/globals';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import { renderSummary } from '../../../src/report/render/summary.ts';
import { good } from './samples.ts';

test('rules that have another name now are shown under the name in the receipt', () => {
  const written = JSON.stringify({
    format: 'holdfast-receipt/1',
    kind: 'database-dump',
    takenAt: '2026-11-20T02:00:00.000Z',
    fingerprint: { tables: [], objects: {} },
    versions: {},
    files: [],
    proof: [],
    notes: [],
    masked: {
      counts: [
        { table: 'public.users', rule: 'unique addresses', count: 3 },
        { table: 'public.notes', rule: 'addresses', count: 7 },
      ],
      warnings: [],
      findings: [],
      readBytes: 1,
      writtenBytes: 1,
    },
  });
  const receipt = JSON.parse(written) as DumpReceipt;
  const dump = { receipt, before: undefined, changes: [], warnings: [] };
  const text = renderSummary({ ...good, action: 'db-dump', verification: undefined, dump });
  expect(text).toContain('| `public.users` | unique addresses | 3 |');
  expect(text).toContain('| `public.notes` | addresses | 7 |');
});
