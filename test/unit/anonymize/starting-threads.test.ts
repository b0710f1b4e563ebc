/** Threads that are starting: the main thread goes on with the rows, and gives them those that come later. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { BlockWriter } from '../../../src/anonymize/bytes/block-writer.ts';
import { OrderedWriter } from '../../../src/anonymize/bytes/ordered-writer.ts';
import { Counts } from '../../../src/anonymize/rewrite/counts.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { makePlan } from '../../../src/anonymize/rules/plan/make-plan.ts';
import { Catalogue } from '../../../src/anonymize/schema/catalogue.ts';
import { RowThreads } from '../../../src/anonymize/threads/row-threads.ts';

const rules = parseRules('version: 1\ntables: { people: { columns: { name: { fixed: x } } } }', 'rules.yml');
const catalogue = new Catalogue();
catalogue.read('CREATE TABLE people (name text);');
const key = Buffer.alloc(32, 7);
const plan = makePlan({ rules, catalogue, key, complete: true }).table('people');
const rows = { plan, columns: [plan.column('name')] };

/** Enough for that a thread is asked. */
const block = Buffer.from('Somebody\n'.repeat(4000));
const rewritten = 'x\n'.repeat(4000);

let started: RowThreads | undefined;

afterEach(() => started?.stop());

function make(waits: boolean) {
  const parts: Buffer[] = [];
  const writer = new BlockWriter(1024 * 1024, (bytes) => void parts.push(Buffer.from(bytes)));
  const threads = new RowThreads({
    ...{ count: 1, after: 0, waits, out: new OrderedWriter(writer), counts: new Counts() },
    data: () => ({ rules, definitions: catalogue.statements, key: Uint8Array.from(key), notesReplaced: false }),
  });
  started = threads;
  const text = (): string => {
    writer.flush();
    return Buffer.concat(parts).toString();
  };
  const take = (): boolean => threads.take(rows, block, 0, block.length, 0);
  return { threads, take, text };
}

test('rows are not taken before a thread is ready, and are from then on', async () => {
  const { threads, take, text } = make(false);
  expect(take()).toBe(false);
  expect(await threads.finish()).toEqual([]);
  let tries = 0;
  for (; !take(); tries += 1) await setTimeout(20);
  expect(tries).toBeGreaterThan(0);
  await threads.finish();
  expect(text()).toBe(rewritten);
});

test('rows wait for threads where that is wanted', async () => {
  const { threads, take, text } = make(true);
  expect(take()).toBe(true);
  await threads.finish();
  expect(text()).toBe(rewritten);
});

test('a long row stays here, with those around it: memory that threads share is freed late', async () => {
  const { threads, take, text } = make(true);
  const offered = (row: string): boolean => {
    const bytes = Buffer.from(`Somebody\n${row}\n${'Somebody\n'.repeat(4000)}`);
    return threads.take(rows, bytes, 0, bytes.length, 0);
  };
  expect(offered('x'.repeat(600 * 1024))).toBe(false);
  expect(offered('x'.repeat(400 * 1024))).toBe(true);
  expect(take()).toBe(true);
  await threads.finish();
  expect(text()).toBe(`x\nx\n${rewritten}${rewritten}`);
});
