/** The verdict on one file, whatever was seen of it. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DumpError } from '../../../src/anonymize/format/dump-error.ts';
import type { Comparison } from '../../../src/domain/dump.ts';
import { explainedByRefusals } from '../../../src/dump/engines/postgres/compare/explained.ts';
import { judge, type Observation } from '../../../src/dump/proof/verdict.ts';
import type { Refusal } from '../../../src/ports/dump-engine.ts';
import { BackupError, fileDamaged } from '../../../src/runtime/errors.ts';

const digest = 'ab12';

function see(seen: Partial<Observation> & Partial<Pick<Comparison, 'differences' | 'advice'>>): Observation {
  const { differences = [], advice, refusals = [] } = seen;
  return {
    digest,
    expectedDigest: digest,
    refusals,
    comparison: { compared: 50, differences, advice },
    unread: [],
    explained: (difference) => explainedByRefusals(difference, refusals),
    ...seen,
  };
}

const index: Refusal = {
  object: 'INDEX public.person_name',
  message: 'function unaccent(text) does not exist',
  code: '42883',
  likelyCause: 'a name without its schema',
  fix: 'mend it',
};

test('a file of which everything is the same is good', () => {
  expect(judge(see({}))).toEqual({ verdict: 'good', compared: 50, findings: [] });
});

test('a refused statement leaves it unproven: why the server said no, what is the same, what is missing', () => {
  const differences = [{ what: 'index public.person_name', expected: 'exists', found: 'nothing' }];
  expect(judge(see({ refusals: [index], differences }))).toEqual({
    verdict: 'unproven',
    compared: 50,
    refused: 1,
    findings: [
      'the server refused INDEX public.person_name: function unaccent(text) does not exist (SQLSTATE 42883)',
      '49 of 50 figures are the same',
      'not restored, since it was refused: index public.person_name: expected exists, found nothing',
    ],
    likelyCause: 'a name without its schema',
    fix: 'mend it',
  });
});

test('a difference in doubt leaves it unproven; one without doubt is bad all the same', () => {
  const doubtful = { what: 'checksum of app.t', expected: '7', found: '8', doubt: 'the copy has the locale C' };
  const advice = { likelyCause: 'no locale', fix: 'install the locale' };
  expect(judge(see({ differences: [doubtful], advice }))).toMatchObject({
    verdict: 'unproven',
    findings: ['checksum of app.t: expected 7, found 8 (the copy has the locale C)', '49 of 50 figures are the same'],
    ...advice,
  });
  const plain = { what: 'rows of app.u', expected: '7', found: '8' };
  expect(judge(see({ differences: [doubtful, plain] }))).toMatchObject({
    verdict: 'bad',
    findings: ['rows of app.u: expected 7, found 8', expect.stringContaining('checksum of app.t')],
  });
});

test.each([
  ['other rows', { what: 'rows of public.person', expected: '5', found: '4' }],
  ['a changed row', { what: 'checksum of public.person', expected: '77', found: '78' }],
  ['another table without rows', { what: 'rows of public.orders', expected: '5', found: '0' }],
  ['an object that the source does not have', { what: 'table public.person', expected: 'nothing', found: '1 rows' }],
  ['a name that only begins alike', { what: 'INDEX public.person_name_2', expected: 'x', found: 'nothing' }],
  ['changed values of a column', { what: 'values of public.person in column name', expected: '1', found: '2' }],
  ['large objects', { what: 'number of large objects', expected: '2', found: '1' }],
  ['a definition that nobody refused', { what: 'view public.v', expected: 'SELECT 1', found: 'SELECT 2' }],
])('a refused statement does not excuse %s', (_what, difference) => {
  const { verdict, findings } = judge(see({ refusals: [index], differences: [difference] }));
  expect(verdict).toBe('bad');
  expect(findings[0]).toBe(`${difference.what}: expected ${difference.expected}, found ${difference.found}`);
});

test.each([
  ['rows of a table', 'rows of public.a', { what: 'rows of public.a', expected: '5', found: '0' }],
  ['rows, as pg_restore names the table', 'rows of a', { what: 'rows of public.a', expected: '5', found: '0' }],
  ['a table', 'TABLE public."A b"', { what: 'rows of public."A b"', expected: '5', found: 'nothing' }],
  ['a policy', 'POLICY p ON public.a', { what: 'policy p on public.a', expected: 'x', found: 'nothing' }],
  ['a sequence', 'SEQUENCE public.s', { what: 'sequence public.s', expected: '5', found: '1 not called' }],
  ['an extension', 'EXTENSION postgis', { what: 'extension postgis', expected: 'installed', found: 'nothing' }],
  ['something unknown', undefined, { what: 'index public.i', expected: 'x', found: 'nothing' }],
  [
    'a constraint',
    'CONSTRAINT f ON public.chi',
    { what: 'FK CONSTRAINT public.chi f', expected: 'x', found: 'nothing' },
  ],
  [
    'a policy, by its entry',
    'POLICY p ON public."A b"',
    { what: 'POLICY public.A b p', expected: 'x', found: 'nothing' },
  ],
  ['a column', 'COLUMN public.a.id', { what: 'DEFAULT public.a id', expected: 'x', found: 'nothing' }],
  ['a comment', 'COLUMN public.a.id', { what: 'COMMENT public.COLUMN a.id', expected: 'x', found: 'nothing' }],
  ['a function', 'FUNCTION public.f', { what: 'definition of FUNCTION public.f(text)', expected: 'x', found: 'y' }],
  [
    'a partition',
    'PARTITION public.p1 OF public.p',
    { what: 'TABLE ATTACH public.p1', expected: 'x', found: 'nothing' },
  ],
  ['an operator', 'OPERATOR ===', { what: 'OPERATOR public.===', expected: 'x', found: 'nothing' }],
  ['a large object', 'LARGE OBJECT 7', { what: 'number of large objects', expected: '2', found: '1' }],
  [
    'rows that a view shows',
    'rows of a',
    { what: 'rows of v', expected: '2 with checksum 5', found: '0 with checksum 0' },
  ],
  ['one of many', 'INDEX public.i', { what: 'indexes', expected: '5', found: '4' }],
])('a refusal of %s explains what it left out', (_what, object, difference) => {
  const refusals = [{ message: 'no', object }];
  expect(judge(see({ refusals, differences: [difference] }))).toMatchObject({ verdict: 'unproven' });
  expect(judge(see({ refusals: [], differences: [difference] }))).toMatchObject({ verdict: 'bad' });
});

test('a restore that ended at a refused COPY compares nothing', () => {
  const refusals = [{ ...index, object: 'rows of public.a', ended: 'psql would take the rows for statements' }];
  const judged = judge(see({ refusals, comparison: undefined }));
  expect(judged).toMatchObject({ verdict: 'unproven', compared: 0, fix: 'mend it' });
  expect(judged.findings).toHaveLength(2);
});

test('a copy that cannot be read behind refusals tells them first', () => {
  const comparison = { error: new BackupError({ what: 'the server is gone', fix: 'start it' }) };
  const lost = { ...index, message: 'no connection to the server', fix: 'run again' };
  expect(judge(see({ refusals: [lost], comparison }))).toMatchObject({
    verdict: 'unproven',
    findings: [expect.stringContaining('no connection'), 'the server is gone'],
    fix: 'run again',
  });
  expect(judge(see({ comparison }))).toMatchObject({ findings: ['the server is gone'], fix: 'start it' });
});

test('findings are bounded, and tell how many more there are', () => {
  const refusals = Array.from({ length: 500 }, (_, at) => ({ ...index, object: `INDEX public.i${at}` }));
  const differences = refusals.map(({ object }) => ({ what: object, expected: 'x', found: 'nothing' }));
  const { findings } = judge(see({ refusals, differences, comparison: { compared: 900, differences } }));
  expect(findings).toHaveLength(20);
  expect(findings).toContain('490 more statements were refused');
  expect(findings).toContain('400 of 900 figures are the same');
  expect(findings.at(-1)).toBe('493 more findings');
});

const anything = fc.record({
  digest: fc.oneof(fc.constantFrom(digest, 'other'), fc.constant({ error: new Error('the bucket does not answer') })),
  ended: fc.option(
    fc
      .constantFrom(
        new BackupError({ what: 'status 1', code: fileDamaged }),
        new DumpError({ what: 'an unfinished row', offset: 1 }),
        Object.assign(new Error('incorrect data check'), { code: 'Z_DATA_ERROR' }),
        new BackupError({ what: 'the disk is full', code: 'disk-full' }),
        new BackupError({ what: 'Rolle existiert nicht' }),
        new Error('socket hang up'),
      )
      .map((error) => ({ error })),
    { nil: undefined },
  ),
  refusals: fc.array(
    fc.record({
      message: fc.constantFrom('permission denied', 'corrupt', 'invalid input syntax', 'could not read block'),
      code: fc.constantFrom(undefined, '42501', '22P02', '23505', 'XX001', '58030'),
      object: fc.constantFrom(undefined, 'TABLE public.a', 'rows of a', 'INDEX public.i'),
    }),
    { maxLength: 3 },
  ),
  differences: fc.array(
    fc.constantFrom(
      { what: 'rows of public.a', expected: '5', found: '0' },
      { what: 'rows of public.a', expected: '5', found: '6' },
      { what: 'checksum of public.a', expected: '1', found: '2' },
      { what: 'index public.i', expected: 'x', found: 'nothing' },
      { what: 'view public.v', expected: 'x', found: 'y' },
    ),
    { maxLength: 3 },
  ),
  unread: fc.array(fc.constant({ what: 'rows of public.b', why: 'no' }), { maxLength: 1 }),
});

test('never good with an error, a refusal, a difference or a fact that is not read', () => {
  fc.assert(
    fc.property(anything, ({ ended, ...seen }) => {
      const { verdict } = judge(see({ ...seen, ...(ended ? { ended } : {}) }));
      const clean =
        seen.digest === digest &&
        ended === undefined &&
        seen.refusals.length + seen.differences.length + seen.unread.length === 0;
      expect(verdict === 'good').toBe(clean);
    }),
  );
});

test('never bad without content that differs or a file that cannot be read', () => {
  fc.assert(
    fc.property(anything, ({ ended, ...seen }) => {
      const { verdict } = judge(see({ ...seen, ...(ended ? { ended } : {}) }));
      const unreadable = ended && !/disk|Rolle|socket/.test(ended.error.message);
      const differs = seen.differences.some((one) => !explainedByRefusals(one, seen.refusals));
      if (verdict === 'bad') expect(seen.digest === 'other' || unreadable || differs).toBe(true);
    }),
  );
});

test('everything that is not good tells why, first', () => {
  fc.assert(
    fc.property(anything, ({ ended, ...seen }) => {
      const { verdict, findings } = judge(see({ ...seen, ...(ended ? { ended } : {}) }));
      if (verdict !== 'good') expect(findings[0]).toMatch(/\w/);
      expect(findings.length).toBeLessThanOrEqual(20);
    }),
  );
});
