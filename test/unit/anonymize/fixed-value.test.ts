/** Which texts of the rule `fixed` a type takes. Each was tried on PostgreSQL 15. */
import { expect, test } from '@jest/globals';
import { checkFixed, fixedFit } from '../../../src/anonymize/rules/check/fixed-value.ts';
import { Catalogue } from '../../../src/anonymize/schema/catalogue.ts';
import type { ColumnType } from '../../../src/anonymize/schema/types.ts';

function typeOf(written: string): ColumnType {
  const catalogue = new Catalogue();
  catalogue.read("CREATE TYPE public.mood AS ENUM ('a', 'b');");
  catalogue.read('CREATE TYPE public.con AS (\n\tx integer,\n\ty text\n);');
  catalogue.read('CREATE DOMAIN public.plz AS character(5);');
  catalogue.read(`CREATE TABLE public.t (\n    a ${written}\n);`);
  return catalogue.column('public.t', 'a')?.type as ColumnType;
}

const taken: readonly (readonly [type: string, texts: readonly string[]])[] = [
  ['uuid', ['{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11']],
  ['inet', ['10.0.0.1', '10.0.0.1/8', '::1', 'fe80::/10']],
  ['cidr', ['10.0.0.0/8', '10.0.0.1']],
  ['json', ['{"a":1}', '"removed"', '[]']],
  ['jsonb', ['{}']],
  ['boolean', ['yes', 'off', 'TRUE', '0']],
  ['public.mood', ['a']],
  ['integer', ['2147483647', '-2147483648', ' 7 ']],
  ['bigint', ['-9223372036854775808']],
  ['numeric(5,2)', ['999.99', '1.234', '1e2', 'NaN', '-.5']],
  ['double precision', ['1e300', 'Infinity']],
  ['date', ['2020-02-29', 'infinity', '0044-03-15 BC', 'Jan 5 2020', 'January 5, 2020', '5-Jan-2020', '1/5/2020']],
  [
    'date',
    ['20200105', '2020.005', 'J2451187', 'Mon Jan 5 2020', 'Sept 5 2020', '1999-01-08Z', 'today', 'January 8, 99 BC'],
  ],
  ['timestamp with time zone', ['2020-01-01', '2020-01-01T10:00:00Z', '2020-01-01 24:00:00+02']],
  ['timestamp with time zone', ['5 January 2020 1:30 PM UTC', 'Jan 5 2020 10:00 Europe/Berlin', 'now', 'yesterday']],
  ['time without time zone', ['23:59:59.5', '1:30 pm', '1:30pm', '133000', '1330', 'allballs', '04:05 PST', '24:00']],
  ['interval', ['1 day', 'P1Y']],
  ['bytea', ['\\x00ff', '\\x', 'removed', 'a\\\\b\\001']],
  ['bit(4)', ['1010']],
  ['bit varying(3)', ['10', '']],
  ['xml', ['text', '<a b="c"><d/>&amp;</a>']],
  ['text[]', ['{}', '{a,"b c",NULL}', '{{1,2},{3,4}}']],
  ['integer[]', ['{1,2}']],
  ['public.con', ['(1,a)', '(,)', '(1,"a,b")']],
  ['public.con[]', ['{"(1,a)"}']],
  ['int4range', ['empty', '[1,2)', '(,5]']],
  ['daterange', ['[2020-01-01,)']],
  ['int4multirange', ['{}', '{[1,2),[4,5)}']],
  ['public.plz', ['12345', '123  ']],
  ['public.hstore', ['', 'a=>1, "b c"=>NULL']],
  ['point', ['(1,2)', '1.5,-2e3']],
  ['macaddr', ['08:00:2b:01:02:03', '0800.2b01.0203']],
  ['money', ['-$1,000.00']],
];

const refused: readonly (readonly [type: string, texts: readonly string[]])[] = [
  ['uuid', ['removed', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1']],
  ['inet', ['removed', '10.0.0.256', '10.0.0.1/33']],
  ['cidr', ['10.0.0.1/8']],
  ['json', ['removed', '{a:1}', '']],
  ['jsonb', ['x', '"\\u0000"']],
  ['boolean', ['maybe', '2', '']],
  ['public.mood', ['c']],
  ['smallint', ['40000', '1.5', 'x']],
  ['integer', ['2147483648']],
  ['numeric(5,2)', ['1000', '999.999', 'infinity', 'x']],
  ['real', ['1e39']],
  ['date', ['2020-02-30', '2021-13-01', 'removed', '32 Foo 2020', 'Jan 5', '2020', '15.01.2020', '', '1', '00000000']],
  ['date', ['2020-01-05 removed', '2020-01-05 2020-01-06', 'Feb 30 2020', '5 de enero 2020']],
  ['timestamp without time zone', ['2020-01-01 25:00', '2020-01-01xx']],
  [
    'time without time zone',
    ['25:00', '10:60', '24:01', '13:30 pm', '10', 'noon', '10:00+25', '10:00 Europe/Berlin', 'today'],
  ],
  ['interval', ['removed']],
  ['bytea', ['\\xzz', '\\x0', 'a\\b']],
  ['bit(4)', ['101', '1012']],
  ['bit varying(3)', ['1010']],
  ['xml', ['<a>', '<a></b>', 'a & b', '1 < 2']],
  ['text[]', ['removed', '{a', 'a}']],
  ['integer[]', ['{a}']],
  ['public.con', ['removed', '(1)', '(1,a,b)', '(a,a)']],
  ['public.con[]', ['{"(a,a)"}']],
  ['int4range', ['removed', '[2,1)', '[a,b)']],
  ['daterange', ['[2020-01-02,2020-01-01]']],
  ['public.plz', ['123456']],
  ['public.hstore', ['removed']],
  ['point', ['removed']],
  ['macaddr', ['removed']],
  ['money', ['removed']],
];

test.each(taken)('%s takes %j', (type, texts) => {
  for (const text of texts) expect([text, fixedFit(text, typeOf(type))]).toEqual([text, 'fits']);
});

test.each(refused)('%s refuses %j', (type, texts) => {
  for (const text of texts) {
    expect([text, fixedFit(text, typeOf(type))]).toEqual([text, 'refused']);
    expect(checkFixed(text, typeOf(type))).toMatch(/; allowed: /);
  }
});

test.each(['public.geometry', 'jsonpath', 'tsquery', 'public.unknown', 'jsonpath[]'])(
  '%s is for the server to judge',
  (type) => {
    expect(fixedFit(type.endsWith('[]') ? '{x}' : 'x', typeOf(type))).toBe('unknown');
    expect(checkFixed(type.endsWith('[]') ? '{x}' : 'x', typeOf(type))).toBeUndefined();
  },
);
