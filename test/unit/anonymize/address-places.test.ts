/** Addresses that decide to which partition a row belongs, or whose parts must be unique. */
import { describe, expect, test } from '@jest/globals';
import { rulesFor } from './one-table.ts';
import { run } from './run.ts';

type Options = { readonly rules?: string };

/** The addresses of a partitioned table as they come out. */
async function partitioned(
  by: string,
  partitions: readonly string[],
  emails: readonly string[],
  options: Options = {},
) {
  const parts = partitions.map(
    (bounds, index) =>
      `CREATE TABLE public.t${index} (\n    tenant integer,\n    email text NOT NULL\n);\nALTER TABLE ONLY public.t ATTACH PARTITION public.t${index} ${bounds};\n`,
  );
  const dump = `CREATE TABLE public.t (\n    tenant integer,\n    email text NOT NULL\n)\nPARTITION BY ${by};\n${parts.join('')}COPY public.t0 (tenant, email) FROM stdin;\n${emails.map((email) => `1\t${email}\n`).join('')}\\.\n`;
  const { text, report } = await run(dump, options);
  return {
    rows: [...text.matchAll(/^1\t(.*)$/gm)].map((match) => match[1] as string),
    bounds: [...text.matchAll(/ATTACH PARTITION \S+ (.*);$/gm)].map((match) => match[1] as string),
    report,
  };
}

async function indexed(index: string, column = 'text', values = ['ann@a.example', 'bob@b.example']) {
  const dump = `CREATE TABLE public.t (\n    email ${column}\n);\nCOPY public.t (email) FROM stdin;\n${values.join('\n')}\n\\.\n${index}\n`;
  const { text, report } = await run(dump);
  return { rows: text.split('FROM stdin;\n')[1]?.split('\n').slice(0, values.length) ?? [], report };
}

const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '',
    (error: Error) => error.message,
  );

describe('an address that is a key of partitions', () => {
  test.each<[string, string, string[], RegExp]>([
    [
      'ranges of letters',
      'RANGE (email)',
      ["FOR VALUES FROM ('a') TO ('f')", "FOR VALUES FROM ('t') TO ('zz')"],
      /^anybody-/,
    ],
    ['ranges that take the usual one', 'RANGE (email)', ["FOR VALUES FROM ('a') TO ('p')"], /^nobody@example\.com$/],
    [
      'all ranges',
      'RANGE (email)',
      ["FOR VALUES FROM (MINVALUE) TO ('f')", "FOR VALUES FROM ('f') TO (MAXVALUE)"],
      /^nobody@example\.com$/,
    ],
    ['a default', 'LIST (email)', ["FOR VALUES IN ('x')", 'DEFAULT'], /^nobody@example\.com$/],
    [
      'lists of domains',
      "LIST (split_part(email, '@'::text, 2))",
      ["FOR VALUES IN ('a.example', 'b.example')"],
      /^nobody@a\.example$/,
    ],
    ['lists of first letters', 'LIST ("left"(email, 1))', ["FOR VALUES IN ('q', 'a')"], /^(a|q)/],
    ['ranges of first letters', 'RANGE ("left"(email, 1))', ["FOR VALUES FROM ('a') TO ('c')"], /^a/],
    ['several keys', 'RANGE (tenant, email)', ["FOR VALUES FROM (1, MINVALUE) TO (1, 'f')"], /^(anybody|[a-f0-9])/],
    ['bytes', 'RANGE (email COLLATE "C")', ["FOR VALUES FROM ('a') TO ('b')"], /^anybody-/],
    ['a class of operators', 'RANGE (email text_pattern_ops)', ["FOR VALUES FROM ('a') TO ('b')"], /^anybody-/],
    [
      'hashes',
      'HASH (email)',
      ['FOR VALUES WITH (modulus 2, remainder 0)', 'FOR VALUES WITH (modulus 2, remainder 1)'],
      /^nobody@example\.com$/,
    ],
  ])('by %s finds one', async (_name, by, partitions, expected) => {
    const { rows } = await partitioned(by, partitions, ['ann@a.example']);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(expected);
  });

  test('of lists stays the one that its list names, without regard to case where the key has none', async () => {
    const lists = ["FOR VALUES IN ('ann@a.example', 'bob@b.example')"];
    const { rows, bounds } = await partitioned('LIST (lower(email))', lists, ['Ann@A.example', 'bob@b.example']);
    expect(rows.map((row) => bounds[0]?.includes(`'${row}'`))).toEqual([true, true]);
  });

  test('bounds ranges that stay in order, apart, and around the addresses', async () => {
    const ranges = [
      "FOR VALUES FROM (MINVALUE) TO ('cid@a.example')",
      "FOR VALUES FROM ('cid@a.example') TO ('kim@a.example')",
      "FOR VALUES FROM ('kim@a.example') TO ('tom@a.example')",
    ];
    const { rows, bounds } = await partitioned('RANGE (email)', ranges, ['ann@a.example']);
    expect(bounds).toEqual([
      "FOR VALUES FROM (MINVALUE) TO ('anybody-0@example.com')",
      "FOR VALUES FROM ('anybody-0@example.com') TO ('anybody-1@example.com')",
      "FOR VALUES FROM ('anybody-1@example.com') TO ('somebody-2@example.com')",
    ]);
    expect(rows).toEqual(['nobody@example.com']);
  });

  test('bounds ranges beside other texts', async () => {
    const ranges = [
      "FOR VALUES FROM ('a') TO ('c')",
      "FOR VALUES FROM ('c') TO ('kim@a.example')",
      "FOR VALUES FROM ('kim@a.example') TO ('m')",
    ];
    const { rows, bounds } = await partitioned('RANGE (email)', ranges, ['ann@a.example']);
    expect(bounds).toEqual([
      "FOR VALUES FROM ('a') TO ('c')",
      "FOR VALUES FROM ('c') TO ('c00')",
      "FOR VALUES FROM ('c00') TO ('m')",
    ]);
    expect(rows[0]).toMatch(/^anybody-/);
  });

  test('is named where no partition would take it', async () => {
    const hashes = partitioned('HASH (email)', ['FOR VALUES WITH (modulus 2, remainder 0)'], ['ann@a.example']);
    expect(await refusal(hashes)).toMatch(
      /public\.t\.email: the partitioning of public\.t accepts no address .*allowed: keep/s,
    );
  });

  test('of a column that holds none stops nothing', async () => {
    const { rows } = await partitioned('LIST (email)', ["FOR VALUES IN ('de', 'fr')"], ['de']);
    expect(rows).toEqual(['de']);
  });
});

describe('a rule for a key of partitions', () => {
  const lists = ["FOR VALUES IN ('de', 'fr')", "FOR VALUES IN ('us')"];
  const ruled = (rule: string, by = 'LIST (email)', partitions = lists): Promise<string> =>
    refusal(partitioned(by, partitions, ['de'], { rules: rulesFor(`      email: ${rule}\n`) }));

  test.each(['hash', 'mask', 'pseudonym', '{ fake: name }', '{ fixed: xx }'])(
    '%s is refused where no partition takes its values',
    async (rule) => {
      expect(await ruled(rule)).toMatch(
        /public\.t\.email: \w+ makes values for which public\.t has no partition; allowed: keep/,
      );
      expect(await ruled(rule, 'LIST (email)', [...lists, 'DEFAULT'])).toBe('');
    },
  );

  test('fixed is allowed with a text of a list, and hash where ranges hold all digits', async () => {
    expect(await ruled('{ fixed: fr }')).toBe('');
    expect(await ruled('hash', 'RANGE (email)', ["FOR VALUES FROM (MINVALUE) TO ('g')"])).toBe('');
    expect(await ruled('hash', 'RANGE (email)', ["FOR VALUES FROM ('a') TO ('g')"])).toMatch(/no partition/);
  });
});

describe('an address of which only a part must be unique', () => {
  const domainOf = "regexp_replace(email, '^.*@'::text, ''::text)";
  test.each([
    "CREATE UNIQUE INDEX i ON public.t USING btree (split_part(email, '@'::text, 2));",
    `CREATE UNIQUE INDEX i ON public.t USING btree (lower(${domainOf}) DESC NULLS LAST);`,
    'CREATE UNIQUE INDEX i ON public.t USING btree ("substring"(email, \'@(.*)$\'::text));',
    "ALTER TABLE ONLY public.t ADD CONSTRAINT i EXCLUDE USING gist (split_part(email, '@'::text, 2) WITH =);",
  ])('has a domain of its own: %s', async (index) => {
    const { rows } = await indexed(index);
    const domains = rows.map((row) => row.split('@')[1]);
    expect(new Set(domains).size).toBe(2);
    expect(domains.every((domain) => domain?.endsWith('.example.com'))).toBe(true);
  });

  test('of a generated column, too', async () => {
    const dump =
      "CREATE TABLE public.t (\n    email text,\n    host text GENERATED ALWAYS AS (split_part(email, '@'::text, 2)) STORED\n);\nCOPY public.t (email) FROM stdin;\nann@a.example\n\\.\nALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (host);\n";
    expect((await run(dump)).text).toMatch(/^nobody@nobody-[a-z2-7]{16}\.example\.com$/m);
  });

  test('inside JSON, too', async () => {
    const index = "CREATE UNIQUE INDEX i ON public.t USING btree (split_part((email ->> 'mail'::text), '@'::text, 2));";
    const { rows } = await indexed(index, 'jsonb', ['{"mail": "ann@a.example"}', '{"mail": "bob@b.example"}']);
    expect(rows[0]).toMatch(/"nobody@nobody-[a-z2-7]{16}\.example\.com"/);
  });

  test.each([8, 3])('begins with it where %i letters count', async (count) => {
    const { rows } = await indexed(`CREATE UNIQUE INDEX i ON public.t USING btree ("left"(email, ${count}));`);
    expect(new Set(rows.map((row) => row.slice(0, count))).size).toBe(2);
  });

  test('keeps the usual form where the index sees it whole', async () => {
    for (const part of [
      'email',
      'lower(email)',
      'md5(email)',
      'reverse(email)',
      "(email || 'x'::text)",
      "split_part(email, '@'::text, 1)",
    ]) {
      const { rows } = await indexed(`CREATE UNIQUE INDEX i ON public.t USING btree (${part});`);
      expect(rows[0]).toMatch(/^nobody-[a-z2-7]{16}@example\.com$/);
    }
  });

  test('is named where nothing can make it unique', async () => {
    const index = indexed('CREATE UNIQUE INDEX i ON public.t USING btree (length(email));');
    expect(await refusal(index)).toMatch(/public\.t\.email: the unique index i \(length\(email\)\) accepts no address/);
  });

  test('in more rows than its letters can tell apart stops the run', async () => {
    const values = Array.from({ length: 2000 }, (_, number) => `ann${number}@a.example`);
    const index = indexed('CREATE UNIQUE INDEX i ON public.t USING btree ("left"(email, 3));', 'text', values);
    expect(await refusal(index)).toMatch(/must stay unique/);
  });
});
