/** Tables under CHECKs, each with rows that satisfy them, and what its rows look like afterwards. */
export interface CheckCase {
  readonly setup: string;
  /** What the rows of t match afterwards, as psql prints them. */
  readonly shown?: RegExp;
}

const letters = '[a-z2-7]{16}';
const distinct = `nobody-${letters}@example\\.com`;
const lines = (...patterns: readonly string[]): RegExp => new RegExp(`^${patterns.join('\\n')}$`);

/** @param columns of the table t, with its constraints; `rows`: of VALUES */
const table = (columns: string, rows: string, shown?: RegExp): CheckCase => ({
  setup: `CREATE TABLE t (id int PRIMARY KEY, ${columns});\nINSERT INTO t VALUES ${rows};`,
  ...(shown ? { shown } : {}),
});

export const checkCases: readonly CheckCase[] = [
  table(
    'email text, spare text, CHECK (email <> spare)',
    "(1, 'kim@firm.example', 'kim@home.example'), (2, 'lou@firm.example', NULL)",
    lines(`1\\|(${distinct})\\|(?!\\1)${distinct}`, `2\\|${distinct}\\|`),
  ),
  table(
    'email text NOT NULL, email_norm text UNIQUE, CHECK (email_norm = lower(email))',
    "(1, 'Kim@Firm.example', 'kim@firm.example'), (2, 'LOU@firm.example', 'lou@firm.example')",
    lines(`1\\|(${distinct})\\|\\1`, `2\\|(${distinct})\\|\\2`),
  ),
  table(
    'main text, emails text[], CHECK (main = ANY (emails))',
    "(1, 'kim@firm.example', '{lou@firm.example,kim@firm.example}'), (2, 'kim@firm.example', '{kim@firm.example}')",
    lines(`1\\|(${distinct})\\|\\{${distinct},\\1\\}`, '2\\|\\1\\|\\{\\1\\}'),
  ),
  table(
    'email text, a text, b text, CHECK (email IN (a, b))',
    "(1, 'kim@firm.example', 'kim@firm.example', 'x@y.example'), (2, 'x@y.example', 'kim@firm.example', 'x@y.example')",
  ),
  table(
    'email text, other text, CHECK (coalesce(email, other) IS NOT NULL)',
    "(1, 'kim@firm.example', NULL)",
    /^1\|nobody@example.com\|$/,
  ),
  table(
    'email text, other text, CHECK (email IS DISTINCT FROM other)',
    "(1, 'kim@firm.example', NULL), (2, 'a@b.example', 'c@d.example')",
  ),
  table('a text, b text, CHECK (lower(a) <> lower(b))', "(1, 'Kim@firm.example', 'lou@firm.example')"),
  table(
    'a text, b text, CHECK (a = b OR b IS NULL)',
    "(1, 'kim@firm.example', 'kim@firm.example'), (2, 'kim@firm.example', NULL)",
  ),
  table('a citext, b citext, CHECK (a = b)', "(1, 'Kim@firm.example', 'kim@FIRM.example')"),
  table(
    "email text CHECK (email ~* '^[a-z.]+@firm\\.example$')",
    "(1, 'kim.lee@firm.example')",
    /^1\|nobody@firm.example$/,
  ),
  table(
    "email text UNIQUE CHECK (email ~ '^[a-z.]+@firm\\.example$')",
    "(1, 'kim.lee@firm.example'), (2, 'lou@firm.example')",
    /^1\|nobody\.[a-p]{16}@firm.example\n2\|/,
  ),
  table(
    'email varchar(80) CHECK (length(email) >= 30)',
    "(1, 'a-rather-long-local-part@firm.example')",
    lines(`1\\|${distinct}`),
  ),
  table('email text CHECK (char_length(email) <= 15)', "(1, 'a@b.example')", /^1\|ody@example\.com$/),
  table('email text CHECK (email = upper(email))', "(1, 'KIM@FIRM.EXAMPLE')", /^1\|NOBODY@EXAMPLE.COM$/),
  table(
    'email text UNIQUE CHECK (email = upper(email))',
    "(1, 'KIM@FIRM.EXAMPLE')",
    /^1\|NOBODY-[A-Z2-7]{16}@EXAMPLE.COM$/,
  ),
  table("email text CHECK (email ~ '^[A-Z][a-z]+@')", "(1, 'Kim@firm.example')", /^1\|Nobody@example.com$/),
  table("email text CHECK (position('@' in email) > 1)", "(1, 'kim@firm.example')", /^1\|nobody@example.com$/),
  table("email text CHECK (email LIKE '%@firm.example')", "(1, 'kim@firm.example')", /^1\|nobody@firm.example$/),
  table("email text CHECK (email NOT LIKE '%example.com')", "(1, 'kim@firm.example')", /^1\|nobody@example.org$/),
  table("email text CHECK (email !~ 'nobody')", "(1, 'kim@firm.example')", lines(`1\\|${letters}@example.com`)),
  table(
    "email text CHECK (split_part(email, '@', 2) IN ('a.example', 'b.example'))",
    "(1, 'kim@b.example')",
    /^1\|nobody@a.example$/,
  ),
  table(
    "email text CHECK ((email ~ '^[^@]+@[^@]+[.][a-z]{2,}$') = true)",
    "(1, 'kim@firm.example')",
    /^1\|nobody@example.com$/,
  ),
  table(
    "kind text, v text, CHECK (kind = 'x' OR v LIKE '%@firm.example')",
    "(1, 'y', 'kim@firm.example'), (2, 'x', 'lou@home.example')",
    lines('1\\|y\\|nobody@firm.example', '2\\|x\\|nobody@firm.example'),
  ),
  table(
    "kind text, v text, CHECK ((kind = 'mail' AND v ~ '@') OR (kind = 'phone' AND v ~ '^\\+[0-9]+$'))",
    "(1, 'mail', 'kim@firm.example'), (2, 'phone', '+4912345')",
    lines('1\\|mail\\|nobody@example.com', '2\\|phone\\|\\+4912345'),
  ),
  {
    setup: `CREATE DOMAIN mail AS text CHECK (VALUE ~ '@firm\\.example$' AND VALUE = lower(VALUE));
      CREATE TABLE t (id int PRIMARY KEY, email mail UNIQUE); INSERT INTO t VALUES (1, 'kim@firm.example');`,
    shown: lines(`1\\|nobody-${letters}@firm.example`),
  },
  {
    setup: `CREATE TABLE parent (id int, email text CHECK (email LIKE '%@firm.example'), local text CHECK (local LIKE '%@x.example') NO INHERIT);
      CREATE TABLE t () INHERITS (parent); INSERT INTO t VALUES (1, 'kim@firm.example', 'kim@other.example');`,
    shown: /^1\|nobody@firm.example\|nobody@example.com$/,
  },
  {
    setup: `CREATE TABLE t (id int, email text CHECK (email LIKE '%@firm.example')) PARTITION BY HASH (id);
      CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      INSERT INTO t VALUES (1, 'kim@firm.example'), (2, 'lou@firm.example');`,
    shown: lines('1\\|nobody@firm.example', '2\\|nobody@firm.example'),
  },
  {
    setup: `CREATE TABLE t (id int, email text, low text GENERATED ALWAYS AS (lower(email)) STORED, spare text, CHECK (low <> spare));
      INSERT INTO t VALUES (1, 'Kim@firm.example', DEFAULT, 'lou@firm.example');`,
  },
  {
    setup: `CREATE TABLE t (id int, email text); INSERT INTO t VALUES (1, 'kim@firm.example');
      ALTER TABLE t ADD CONSTRAINT ours CHECK (email ~ '^x$') NOT VALID;`,
    shown: /^1\|nobody@example.com$/,
  },
  {
    setup: `CREATE TABLE t (id int, email text); INSERT INTO t VALUES (1, 'kim@firm.example');
      ALTER TABLE t ADD CONSTRAINT ours CHECK (email SIMILAR TO '%@(firm|home).example');`,
    shown: /^1\|nobody@firm.example$/,
  },
  {
    setup: `CREATE FUNCTION is_mail(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 ~ ''@''; END';
      CREATE TABLE t (id int, email text CHECK (is_mail(email))); INSERT INTO t VALUES (1, 'kim@firm.example');`,
    shown: /^1\|nobody@example.com$/,
  },
  ...[
    "f(e text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT e ~ ''@firm[.]example$'''",
    "f(e text) RETURNS boolean LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT e ~ '@firm[.]example$'; END",
    "f(e text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT RETURN e ~ '@firm[.]example$'",
    "f(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE d text := split_part($1, '@', 2); BEGIN IF d = '' THEN RETURN false; END IF; RETURN d = 'firm.example'; END $$",
  ].map(
    (definition): CheckCase => ({
      setup: `CREATE FUNCTION ${definition};
      CREATE TABLE t (id int, email text CHECK (f(email))); INSERT INTO t VALUES (1, 'kim@firm.example');`,
      shown: /^1\|nobody@firm.example$/,
    }),
  ),
  {
    setup: `CREATE FUNCTION f(e text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT e <> ''root@firm.example''';
      CREATE TABLE t (id int, email text CHECK (f(email))); INSERT INTO t VALUES (1, 'kim@firm.example');`,
    shown: lines(`1\\|${distinct}`),
  },
  table(
    'low_email text, high_email text, CHECK (low_email < high_email)',
    "(1, 'kim@firm.example', 'lou@firm.example'), (2, 'a@firm.example', 'b@home.example')",
    lines('1\\|0-nobody@example.com\\|zz-nobody@example.com', '2\\|0-nobody@example.com\\|zz-nobody@example.com'),
  ),
  table(
    'email text UNIQUE CHECK (length(email) = 40)',
    "(1, 'a-rather-long-local-part-of@firm.example')",
    /^1\|nobody-[a-z2-7]{21}@example\.com$/,
  ),
  ...[
    "split_part(email, '@', 2) <> 'firm.example'",
    "email NOT LIKE '%@firm.example'",
    "email = 'kim@firm.example'",
  ].map(
    (where): CheckCase => ({
      setup: `CREATE TABLE t (id int, email text); CREATE UNIQUE INDEX one ON t (id) WHERE ${where};
      INSERT INTO t VALUES (1, 'kim@firm.example'), (2, 'lou@firm.example'), (2, 'lee@firm.example');`,
    }),
  ),
  // Columns that hold no addresses are none of this.
  table(
    "code text CHECK (length(code) <= 5), phone text CHECK (phone ~ '^[0-9+]{5,}$'), state text CHECK (state IN ('on', 'off'))",
    "(1, 'abc', '+491234', 'on')",
    /^1\|abc\|\+491234\|on$/,
  ),
  table(
    "email text CHECK (email IN ('kim@firm.example', 'lou@firm.example'))",
    "(1, 'kim@firm.example')",
    lines(`1\\|${distinct}`),
  ),
  table(
    "email text CHECK (email <> 'root@firm.example' AND email <> '')",
    "(1, 'kim@firm.example')",
    /^1\|nobody@example.com$/,
  ),
  // Few letters: should two become equal, the run stops.
  table(
    "email text UNIQUE CHECK (email ~ '^[a-z]{3}@firm\\.example$')",
    "(1, 'kim@firm.example'), (2, 'lou@firm.example')",
    /^1\|[a-z]{3}@firm\.example\n2\|[a-z]{3}@firm\.example$/,
  ),
];

/** CHECKs that tie an address to the columns beside it. */
const tiedChecks = [
  "email = local || '@' || domain",
  "email = concat(local, '@', domain)",
  "email = format('%s@%s', local, domain)",
  "email LIKE '%@' || domain",
  'right(email, length(domain)) = domain',
];

/** Tables for whose addresses there is no form. */
export const refusedCases: readonly CheckCase[] = [
  ...tiedChecks.map((check) =>
    table(`email text, local text, domain text, CHECK (${check})`, "(1, 'kim@firm.example', 'kim', 'firm.example')"),
  ),
  {
    setup: `CREATE TABLE d (key text PRIMARY KEY); INSERT INTO d VALUES ('firm.example');
      CREATE TABLE t (id int, email text, key text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED REFERENCES d);
      INSERT INTO t VALUES (1, 'kim@firm.example');`,
  },
  table(
    "email text, domain text, CHECK (domain = split_part(email, '@', 2))",
    "(1, 'kim@firm.example', 'firm.example')",
  ),
  table("email text UNIQUE CHECK (email ~ '^[a-z]{2}@firm\\.example$')", "(1, 'jo@firm.example')"),
  table(
    "kind text, email text, CHECK ((kind = 'x' AND email LIKE '%@x.example') OR (kind = 'y' AND email LIKE '%@y.example'))",
    "(1, 'x', 'kim@x.example'), (2, 'y', 'kim@y.example')",
  ),
];
