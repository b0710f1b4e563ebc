/** Fills the sample database to any size. The rows are the same each time, so the dumps of two servers are equal. */
import { readFileSync } from 'node:fs';
import type { PostgresServer } from '../../../hosts/postgres/server.ts';

const text = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

/** Bytes that pg_dump writes for schema.sql, rows.sql and finish.sql; most of them are one long text. */
const ownBytes = 2_230_000;
/** Bytes that it writes for one order, with the message and the share of all other rows that belong to it. */
const bytesPerOrder = 604;
/** The first number. All have nine digits, so that the rows have about the same length at any size. */
const first = 100_000_000;

export interface Filling {
  /** Size of a plain dump, in millions of bytes: 5 or more. */
  readonly megabytes: number;
}

/** How many rows fillDatabase() adds to those of rows.sql. */
export interface RowCounts {
  readonly users: number;
  readonly newsletter: number;
  readonly subscribers: number;
  readonly events: number;
  readonly orders: number;
  readonly messages: number;
  readonly inbox: number;
}

/** How many rows of each kind make up a size. */
export function rowsFor(megabytes: number): RowCounts {
  const orders = Math.max(100, Math.round((megabytes * 1e6 - ownBytes) / bytesPerOrder));
  const perOrders = (count: number): number => Math.ceil(orders / count);
  return {
    users: perOrders(6),
    newsletter: perOrders(30),
    subscribers: perOrders(20),
    events: perOrders(50),
    orders,
    messages: orders,
    inbox: perOrders(4),
  };
}

/** Creates the schema `infinite` in an empty database and fills it. */
export async function fillDatabase(server: PostgresServer, database: string, filling: Filling): Promise<RowCounts> {
  const rows = rowsFor(filling.megabytes);
  await server.sql(text('schema.sql'), database);
  // In several sessions, because each uses one processor.
  const outcomes = await Promise.allSettled(
    [[people(rows)], [orders(rows)], [messages(rows)]].map((statements) =>
      server.sql([helpers(rows), 'BEGIN;', ...statements, 'COMMIT;'].join('\n'), database),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  await server.sql(text('rows.sql'), database);
  await server.sql(text('finish.sql'), database);
  return rows;
}

const list = (words: string): string => `ARRAY['${words.trim().split(/\s+/).join("','")}']`;
const given =
  list(`anna ben carla david emma felix greta hugo ida jonas karin leo marie nils olga paul quentin rosa stefan
  tina ulrich vera willem xenia yusuf zoe amir bianca cem dilara emil fatma`);
const family =
  list(`adler brandt conti dupont eriksen fischer garcia hansen ivanov jansen keller lopez meyer novak olsen
  petrov quast rossi schmidt tanaka ulmer vogel weber xu yilmaz ziegler kowalski larsson moreau nguyen okafor sato`);
const post = list('fjell hafen linden morgen nord quell stern tal ufer wolken');
const prose = `Doors open at seven and the first act begins an hour later; please bring the printed ticket or show it on
your telephone. We have moved the second half to the small hall, since the heating in the large one is being repaired
until the end of the month. Seats on the balcony cannot be reserved, so come early if you want one of them, and leave
coats and large bags at the wardrobe next to the stairs. Thank you for the quick answer. I would like to exchange two of
my tickets for the matinee on Sunday, if that is still possible, and pay the difference at the desk. Our group now has
eleven people, three of them children, and one wheelchair; could you tell me which entrance is best? The invoice arrived
twice, once with the wrong total and once with the right one, and I have paid the latter this morning. Many greetings
from all of us, and see you at the summer festival: the programme looks better than in any year before. Nobody at the
box office could find the booking under my name, though the confirmation names row twelve and the seats four to nine.`;

/** Functions for one session. Each is one expression, which the planner inlines into the query. */
function helpers(rows: RowCounts): string {
  const functions: Readonly<Record<string, [returns: string, body: string]>> = {
    // The e-mail address of the user with this number.
    address: [
      'text',
      `(${given})[1 + n % 32] || '.' || (${family})[1 + n / 32 % 32] || '.' || n || '@' || (${post})[1 + n / 7 % 10] || '-post.example'`,
    ],
    person: ['text', `initcap((${given})[1 + n % 32]) || ' ' || initcap((${family})[1 + n / 32 % 32])`],
    // A number below 2^31 that looks random.
    random_number: ['bigint', '(n * 2654435761) % 2147483647'],
    anyone: ['bigint', `${first} + (n * 2654435761) % 2147483647 % ${rows.users}`],
    moment: ['timestamptz', `timestamptz '2026-01-01Z' + (n * 40503) % 16200000 * interval '1 second'`],
    phone: ['text', `'+49 30 ' || 1000000 + (n * 7919) % 8999999`],
    digest: ['text', 'md5(n::text)'],
  };
  return [
    "SET synchronous_commit = off; SET work_mem = '64MB'; SET client_min_messages = warning;",
    ...Object.entries(functions).map(
      ([name, [returns, body]]) =>
        `CREATE FUNCTION pg_temp.${name}(n bigint) RETURNS ${returns} LANGUAGE sql IMMUTABLE AS $f$ SELECT ${body} $f$;`,
    ),
    `CREATE FUNCTION pg_temp.prose(n bigint, length bigint) RETURNS text LANGUAGE sql IMMUTABLE
      AS $f$ SELECT substr('${prose.replaceAll(/\s+/g, ' ')}', (1 + n % 700)::int, length::int) $f$;`,
  ].join('\n');
}

const series = (count: number): string => `generate_series(${first}::bigint, ${first + count - 1}) AS n`;

// A table that was truncated in the same transaction is filled without writing the log.
function people(rows: RowCounts): string {
  return `
TRUNCATE infinite.users, infinite.newsletter, infinite.subscribers, infinite.events, infinite.inbox;
INSERT INTO infinite.users (id, uuid, email, login, password_hash, name, phone, birthday, profile, raw, addresses, contact, settings, backup_email, created_at)
SELECT n, pg_temp.digest(n)::uuid, pg_temp.address(n), (${given})[1 + n % 32] || n, '$2a$10$' || pg_temp.digest(n + 1), pg_temp.person(n),
  pg_temp.phone(n), date '1940-01-01' + (n * 31 % 25000)::int,
  jsonb_build_object('lang', (ARRAY['de', 'en', 'fr'])[1 + n % 3], 'visits', n % 977, 'mail', CASE WHEN n % 4 = 0 THEN pg_temp.address(n) END),
  CASE WHEN n % 5 = 0 THEN json_build_object('imported', pg_temp.address(n), 'from', 'file ' || n % 13) END,
  CASE WHEN n % 3 = 0 THEN ARRAY[pg_temp.address(n), 'Street ' || n % 211] END,
  ROW('home', pg_temp.address(n), pg_temp.phone(n + 1))::infinite.contact,
  hstore('theme', (ARRAY['dark', 'light'])[1 + n % 2]), CASE WHEN n % 6 = 0 THEN pg_temp.address(n) END, pg_temp.moment(n)
FROM ${series(rows.users)};
INSERT INTO infinite.newsletter
SELECT pg_temp.address(n), date '2026-01-01' + (n % 365)::int, 'https://infinite.example/join?email=' || replace(pg_temp.address(n), '@', '%40')
FROM ${series(rows.newsletter)};
INSERT INTO infinite.subscribers (email, token) SELECT pg_temp.address(n), decode(pg_temp.digest(n), 'hex') FROM ${series(rows.subscribers)};
INSERT INTO infinite.events (id, title, description, during, price, tags)
SELECT n, 'Evening ' || n % 1000, '<p>' || pg_temp.prose(n * 31, 80 + n % 200) || '</p>' ||
  CASE WHEN n % 2 = 0 THEN '<a href="mailto:' || pg_temp.address(pg_temp.anyone(n)) || '">write to us</a>' ELSE '' END,
  tstzrange(pg_temp.moment(n), pg_temp.moment(n) + interval '3 hours'), (n % 90)::int::money, ARRAY['music', 'tag ' || n % 17]
FROM ${series(rows.events)};
INSERT INTO infinite.inbox
SELECT pg_temp.address(pg_temp.anyone(n)), n, (ARRAY['inbox', 'archive', 'spam'])[1 + n % 3], n % 2 = 0, pg_temp.moment(n)
FROM ${series(rows.inbox)};`;
}

function orders(rows: RowCounts): string {
  return `
TRUNCATE infinite.orders;
INSERT INTO infinite.orders
SELECT n, pg_temp.moment(n), pg_temp.anyone(n), ${first} + n % ${rows.events}, (enum_range(NULL::infinite.order_status))[1 + n % 5],
  (n % 100000)::numeric / 100, (ARRAY['EUR', 'CHF', 'USD'])[1 + n % 3],
  CASE WHEN n % 2 = 0 THEN pg_temp.address(pg_temp.anyone(n)) END,
  pg_temp.person(pg_temp.anyone(n)) || E'\\nStreet ' || n % 211 || E'\\n' || 10000 + n % 89999 || ' Town',
  CASE WHEN n % 3 = 0 THEN pg_temp.prose(n * 13, 20 + n % 100) END
FROM ${series(rows.orders)};`;
}

function messages(rows: RowCounts): string {
  return `
TRUNCATE infinite.messages;
INSERT INTO infinite.messages (id, thread, sent_at, sender, recipient, subject, body, headers)
SELECT n, pg_temp.digest(n / 3)::uuid, pg_temp.moment(n), CASE WHEN n % 2 = 0 THEN pg_temp.address(pg_temp.anyone(n)) ELSE 'system' END,
  CASE WHEN n % 2 = 0 THEN pg_temp.person(n) || ' <' || pg_temp.address(pg_temp.anyone(n + 1)) || '>' END,
  'Re: booking ' || n, pg_temp.prose(n * 17, 60 + pg_temp.random_number(n) % 200) ||
  CASE WHEN n % 10 = 0 THEN E'\\r\\n> ' || pg_temp.address(pg_temp.anyone(n + 1)) || E' wrote:\\r\\n> ' || pg_temp.prose(n, 40) ELSE '' END,
  CASE WHEN n % 4 = 0 THEN jsonb_build_object('Message-ID', pg_temp.digest(n), 'Reply-To', pg_temp.address(pg_temp.anyone(n))) END
FROM ${series(rows.messages)};`;
}
