import { expect, jest, test } from '@jest/globals';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';
import type { Findings } from '../../../src/actions/db-dump/ports.ts';
import { openPorts } from '../../../src/actions/db-dump/wiring.ts';
import { PostgresEngine } from '../../../src/adapters/databases/postgres/engine.ts';
import { PostgresOnHost } from '../../../src/adapters/databases/postgres/on-host/engine.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';

/** @returns the engine, and what was written to the job's log */
function open(given: Readonly<Record<string, string>>) {
  const settings = settingsFrom(inputs, {
    source: 'shop',
    'aws-region': 'us-east-1',
    bucket: 'dumps',
    'receipt-bucket': 'receipts',
    'scratch-url': 'postgresql://u:scratch%25word@localhost/postgres',
    ...given,
  });
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const { engine } = openPorts(settings, fakeContext<Findings>(new FakeClock(), fakeRun(1)));
    return { engine, log: write.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    write.mockRestore();
  }
}

test('the passwords in URLs are masked by themselves, decoded', () => {
  const { log } = open({ 'database-url': 'postgresql://u:pass%2Fword@db/shop' });
  expect(log).toContain('::add-mask::pass/word');
  // The runner's own escape of a per cent sign.
  expect(log).toContain('::add-mask::scratch%25word');
});

test('a URL dumps on the runner, an instance through SSM', () => {
  expect(open({ 'database-url': 'postgresql://u:p@db/shop' }).engine).toBeInstanceOf(PostgresEngine);
  expect(open({ instance: 'db01', database: 'shop' }).engine).toBeInstanceOf(PostgresOnHost);
});
