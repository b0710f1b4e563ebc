import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { takeTableApart } from '../../../src/volume/definitions/create-table.ts';
import { factOf, hex, read } from './support-definitions.ts';

const clicks = `CREATE TABLE \`clicks\` (
  \`id\` int(11) NOT NULL AUTO_INCREMENT,
  \`day\` date DEFAULT NULL COMMENT 'a, b (c) it''s',
  \`kind\` enum('a,b','(',''')') DEFAULT 'a,b',
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`by_day\` (\`day\`,\`id\`) USING BTREE,
  KEY \`odd \`\`, (\` (\`kind\`),
  CONSTRAINT \`fk\` FOREIGN KEY (\`id\`) REFERENCES \`other\` (\`id\`) ON DELETE CASCADE,
  CONSTRAINT \`c1\` CHECK (\`kind\` <> ',')
) ENGINE=InnoDB AUTO_INCREMENT=5127 DEFAULT CHARSET=utf8mb4 COMMENT='PARTITION BY no; AUTO_INCREMENT=3'
/*!50100 PARTITION BY RANGE (id)
(PARTITION p0 VALUES LESS THAN (50) ENGINE = InnoDB) */`;

describe('SHOW CREATE TABLE', () => {
  test('is taken apart by what a reader would name, whatever is quoted in it', () => {
    const { parts, engine, autoIncrement, counts } = takeTableApart(clicks);
    expect([...parts.keys()]).toEqual([
      ...['column `id`', 'column `day`', 'column `kind`', 'primary key', 'key `by_day`', 'key `odd ``, (`'],
      ...['foreign key `fk`', 'constraint `c1`', 'order of columns', 'partitions'],
      ...['option ENGINE', 'option DEFAULT CHARSET', 'option COMMENT'],
    ]);
    expect({ engine, autoIncrement, counts }).toEqual({ engine: 'InnoDB', autoIncrement: '5127', counts: true });
    expect(parts.get('partitions')).toBe(
      'PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (50) ENGINE = InnoDB)',
    );
  });

  test('a column whose comment speaks of AUTO_INCREMENT does not count', () => {
    expect(
      takeTableApart("CREATE TABLE `t` (\n  `a` int(11) COMMENT 'x AUTO_INCREMENT y'\n) ENGINE=InnoDB").counts,
    ).toBe(false);
  });

  test('of any options, nothing is lost: another letter anywhere changes a part', () => {
    const pieces = [
      'ENGINE=InnoDB',
      "COMMENT='a=b'",
      '`ENCRYPTED`=YES',
      'UNION=(`a`,`b c`)',
      'WITH SYSTEM VERSIONING',
      'STATS_PERSISTENT=1',
    ];
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...pieces), { minLength: 1 }), fc.nat(), (chosen, at) => {
        const options = chosen.join(' ');
        const index = at % options.length;
        fc.pre(/\w/.test(options[index] ?? ''));
        const changed = `${options.slice(0, index)}#${options.slice(index + 1)}`;
        const partsOf = (tail: string) =>
          JSON.stringify([...takeTableApart(`CREATE TABLE \`t\` (\n  \`a\` int\n) ${tail}`).parts]);
        expect(partsOf(changed)).not.toBe(partsOf(options));
      }),
    );
  });
});

describe('what is kept', () => {
  test('of each object its kind, its name and digests, and no text of it', () => {
    const fact = factOf('table', { names: ['ads', 'clicks', '2026-01-02 03:04:05'], rows: [['clicks', clicks]] });
    expect(fact).toMatchObject({ kind: 'table', name: 'ads.clicks', created: '2026-01-02 03:04:05', engine: 'InnoDB' });
    expect(fact?.quantities).toEqual({ AUTO_INCREMENT: '5127' });
    for (const value of Object.values(fact?.parts ?? {})) expect(value).toMatch(/^[0-9a-f]{16}$/);
  });

  test('names that a dot or a quote could confuse are quoted', () => {
    const name = (names: string[]) => factOf('database', { names, rows: [['x', 'CREATE DATABASE `x`']] })?.name;
    expect(name(['a.b', 'c'])).not.toBe(name(['a', 'b.c']));
    expect(name(['it`s\n'])).toBe('`it``s\\x0a`');
  });

  test('what the server refuses is an error with its number', () => {
    const refused = { names: ['ads', 't', ''], rows: [['Error', '1142', "SHOW command denied to user 'x'"]] };
    expect(factOf('table', refused)?.error).toEqual({ code: 1142, message: "SHOW command denied to user 'x'" });
    const hidden = { names: ['ads', 'p', ''], rows: [['p', '', 'NULL', 'utf8', 'utf8', 'utf8']] };
    expect(factOf('procedure', hidden)?.error?.message).toContain('may not see');
  });

  test('a row of a table called Error is a row', () => {
    expect(factOf('table', { names: ['ads', 'Error', ''], rows: [['Error', clicks]] })?.error).toBeUndefined();
  });

  test('an account has its rights as parts, and of its password only 16 bits', () => {
    const key = (pairs: Record<string, string>) =>
      Object.entries(pairs)
        .map(([name, value]) => `${name}=${hex(value)}`)
        .join(' ');
    const { objects } = read([
      ['rows', { names: ['user'], rows: [[key({ host: '%', user: 'app' }), '0123456789abcdef', 'beef']] }],
      ['rows', { names: ['db'], rows: [[key({ host: '%', db: 'ads', user: 'app' }), 'aaaaaaaaaaaaaaaa', '']] }],
      [
        'rows',
        {
          names: ['role_edges'],
          rows: [[key({ from_host: '%', from_user: 'r', to_host: '%', to_user: 'app' }), 'bbbbbbbbbbbbbbbb', '']],
        },
      ],
      ['rows', { names: ['servers'], rows: [[key({ server_name: 'far' }), 'cccccccccccccccc', '']] }],
    ]);
    expect(objects).toEqual([
      { kind: 'server', name: 'far', parts: { definition: 'cccccccccccccccc' } },
      {
        kind: 'account',
        name: 'app@%',
        parts: {
          privileges: '0123456789abcdef',
          credential: 'beef',
          'rights on database ads': 'aaaaaaaaaaaaaaaa',
          'role r@%': 'bbbbbbbbbbbbbbbb',
        },
      },
    ]);
  });
});
