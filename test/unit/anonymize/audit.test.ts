/** Rules that the audit proposes. */
import { expect, test } from '@jest/globals';
import { audit } from '../../../src/anonymize/audit/audit.ts';
import { renderRules } from '../../../src/anonymize/audit/render.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { chunks, run } from './run.ts';
import { dump } from './users.ts';

test('the audit proposes a rule for every column, and the dump allows all of them', async () => {
  const rules = renderRules(await audit(() => chunks(dump, 1000), true, { requireFooter: false }));
  expect(rules.slice(rules.indexOf('version: 1'))).toBe(`version: 1
unknown-columns: fail
tables:
  public.users:
    columns:
      id: keep
      email: emails # e-mail addresses in 3 of 3 values, must stay unique
      name: { fake: name } # a name in a table of persons
      born: keep
      seen: keep
      salary: { noise: 20% } # named like an income
      profile: emails # e-mail addresses in 3 of 3 values
      token: "null" # named like a secret
      level: keep
      Odd, name: emails
  public.orders:
    columns:
      id: keep
      user_email: emails # e-mail addresses in 1 of 1 values
      note: emails
leak-check:
  allow: # give the column a rule where a finding is personal
    - public.orders.note # CHECK: 1 values that rules replaced elsewhere
`);
  const { report } = await run(dump, { rules });
  expect(report.leaks).toEqual([]);
  expect(report.counts.map(({ table, rule, count }) => [table, rule, count])).toEqual([
    ['public.users', 'unique emails', 3],
    ['public.users', 'fake name', 3],
    ['public.users', 'noise', 3],
    ['public.users', 'emails', 3],
    ['public.users', 'null', 3],
    ['public.orders', 'unique emails', 1],
  ]);
});

/** The rules proposed for the columns of one table without rows. @param definitions `name type, …` */
async function proposed(table: string, definitions: string, more = ''): Promise<Record<string, string>> {
  const sql = `CREATE TABLE public."${table}" (\n${definitions}\n);\n${more}`;
  const { proposals } = await audit(() => chunks(sql, 1000), true, { requireFooter: false });
  const own = proposals.filter((one) => one.table.replaceAll('"', '') === `public.${table}`);
  return Object.fromEntries(own.map(({ column, rule }) => [column.replaceAll('"', ''), ruleText(rule)]));
}

const ruleText = (rule: unknown): string =>
  typeof rule === 'object' && rule !== null ? Object.entries(rule).flat().join(' ') : String(rule);

const allText = (names: readonly string[]): string => names.map((name) => `"${name}" text`).join(', ');

const byName: readonly (readonly [rule: string, names: readonly string[]])[] = [
  ['fake first-name', ['first_name', 'FirstName', 'givenname', 'vorname', 'prénom', 'imię', 'voornaam', 'fornavn']],
  [
    'fake last-name',
    ['last_name', 'surname', 'Nachname', 'apellidos', 'cognome', 'nazwisko', 'achternaam', 'sukunimi'],
  ],
  [
    'fake name',
    [
      'full_name',
      'contact_name',
      'cardholder',
      'author',
      'recipientName',
      'reviewername',
      'Ansprechpartner',
      'ship_to_name',
    ],
  ],
  [
    'fake phone',
    ['phone', 'home_phone', 'HomePhone', 'mobile_no', 'fax', 'tel', 'telefon', 'Téléphone', 'celular', 'telefono'],
  ],
  [
    'fake street',
    [
      'address',
      'address_line_2',
      'AddressLine1',
      'address2',
      'Straße',
      'calle',
      'adresse',
      'shipping_address',
      'indirizzo',
    ],
  ],
  ['fake city', ['city', 'BillingCity', 'shipcity', 'town', 'Wohnort', 'ville', 'ciudad', 'città']],
  [
    'pseudonym',
    ['username', 'user_name', 'login', 'screen_name', 'nickname2'.slice(0, 4), 'Benutzername', 'gebruikersnaam'],
  ],
  [
    'mask',
    [
      'cardnumber',
      'credit_card_no',
      'iban',
      'BIC',
      'postcode',
      'zip',
      'zip_code',
      'PostalCode',
      'plz',
      'code_postal',
      'ssn',
      'passport_number',
      'codice_fiscale',
      'bank_account_number',
      'cpf',
    ],
  ],
  [
    'null',
    [
      'password',
      'encrypted_password',
      'PasswordHash',
      'password_salt',
      'reset_token',
      'api_key',
      'client_secret',
      'contraseña',
      'cvv',
      'ip',
      'last_sign_in_ip',
      'remoteAddr',
    ],
  ],
  [
    'emails',
    [
      'email',
      'genre_name',
      'track_name',
      'file_name',
      'filename',
      'product_name',
      'name',
      'language',
      'title',
      'table_name',
      'token_type',
      'wallet_address',
      'mac_address',
      'phone_type',
      'city_id',
      'capital',
      'portfolio',
      'report',
      'hotel',
      'topic',
      'shipment',
      'companion',
      'description',
      'status',
      'pinned',
      'password_reset_required',
      'company',
      'handler',
      'card_type',
    ],
  ],
];

for (const [rule, names] of byName)
  test(`the audit reads names: ${rule} for ${names.slice(0, 4).join(', ')}, …`, async () => {
    expect(await proposed('things', allText(names))).toEqual(Object.fromEntries(names.map((name) => [name, rule])));
  });

test('a column "name" is the name of a person only in a table of persons', async () => {
  for (const table of ['customers', 'sales_person', 'Mitarbeiter', 'utilisateurs', 'app_user'])
    expect([table, await proposed(table, 'name text').then(Object.values)]).toEqual([table, ['fake name']]);
  for (const table of ['genres', 'track', 'languages', 'products', 'customer_types', 'artist', 'roles', 'userland'])
    expect([table, await proposed(table, 'name text').then(Object.values)]).toEqual([table, ['emails']]);
  expect(await proposed('city', 'city text, postcode text')).toEqual({ city: 'emails', postcode: 'emails' });
});

test('numbers that name somebody get a rule as integers, too', async () => {
  const definitions =
    'phone bigint, "cardNumber" bigint NOT NULL, cpf bigint, ssn integer, fax numeric(12), mobile numeric(12) NOT NULL, cvv integer, ip integer';
  expect(await proposed('things', definitions)).toEqual({
    phone: 'pseudonym',
    cardNumber: 'pseudonym',
    cpf: 'pseudonym',
    ssn: 'pseudonym',
    fax: 'null',
    mobile: 'noise 10%',
    cvv: 'pseudonym',
    ip: 'keep',
  });
});

test('what an index over some rows refuses gets the next rule', async () => {
  // As in the schema auth of Supabase.
  const token = (name: string): string =>
    `CREATE UNIQUE INDEX ${name}_idx ON public.users USING btree (${name}) WHERE ((${name})::text !~ '^[0-9 ]*$'::text);\n`;
  const definitions = 'id uuid NOT NULL, confirmation_token character varying(255), recovery_token text NOT NULL';
  const more = token('confirmation_token') + token('recovery_token');
  expect(await proposed('users', definitions, more)).toEqual({
    id: 'keep',
    confirmation_token: 'null',
    recovery_token: 'emails',
  });
  const id = '11111111-2222-4333-8444-555555555555';
  const copy = 'COPY public.users (id, confirmation_token, recovery_token) FROM stdin;\n';
  const dumped = (row: string): string =>
    `CREATE TABLE public.users (\n${definitions}\n);\n${copy}${row}\n\\.\n${more}`;
  const dump = dumped(`${id}\tabc\tdef`);
  const rules = renderRules(await audit(() => chunks(dump, 1000), true, { requireFooter: false }));
  expect((await run(dump, { rules })).text).toBe(dumped(`${id}\t\\N\tdef`));
});

test('what a rule cannot be for gets the next one that its type takes', async () => {
  const columns = `first_name character(3), phone character varying(5) NOT NULL, password bytea NOT NULL, token uuid NOT NULL,
    born date, date_of_birth timestamp with time zone, birthday text, zip integer, last_ip inet, login_ip inet NOT NULL, address xml,
    city character varying(3)[], secret boolean, otp integer, username character varying(10) NOT NULL`;
  expect(await proposed('people', columns)).toEqual({
    ...{
      first_name: 'mask',
      phone: 'mask',
      password: 'hash',
      token: 'hash',
      born: 'keep',
      date_of_birth: 'shift-days 90',
    },
    ...{ birthday: 'mask', zip: 'noise 10%', last_ip: 'null', login_ip: 'fixed 192.0.2.0/32', address: 'emails' },
    ...{ city: 'emails', secret: 'keep', otp: 'keep', username: 'pseudonym' },
  });
});

test('what constraints bind gets what keeps them: pseudonyms for keys, on both sides; nothing where a CHECK may refuse it', async () => {
  const bound = `ALTER TABLE ONLY public.logins ADD CONSTRAINT logins_key UNIQUE (username);
CREATE TABLE public.visits (visitor text REFERENCES public.logins(username), "when" date);
`;
  const columns = `username text, phone text NOT NULL CHECK (phone ~ '^\\+'), fax text CHECK (fax ~ '^\\+'), zip text CHECK (zip IS NOT NULL)`;
  expect(await proposed('logins', columns, bound)).toEqual({
    username: 'pseudonym',
    phone: 'emails',
    fax: 'null',
    zip: 'emails',
  });
  const sql = `CREATE TABLE public.logins (username text);\n${bound}`;
  const { proposals, found } = await audit(() => chunks(sql, 1000), true, { requireFooter: false });
  expect(proposals.map(({ column, rule }) => [column, rule])).toEqual([
    ['username', 'pseudonym'],
    ['visitor', 'pseudonym'],
    ['when', 'keep'],
  ]);
  expect(found).toEqual({ leaks: [], stops: undefined });
});

test('the audit reads values: most of them decide, some are for a person to look at', async () => {
  const rows = (value: (row: number) => string): string =>
    Array.from({ length: 10 }, (_, row) => value(row)).join('\n');
  const sql = `CREATE TABLE public.notes (id integer, reach text, body text, extra jsonb, code uuid);
COPY public.notes (id, reach, body, extra, code) FROM stdin;
${rows((row) => `${row}\t+49 30 90182${row}7${row}\t${row === 3 ? 'call +49 30 9018273' : 'nothing'}\t{"m": "x${row}@corp.example", "tel": "+49 171 55512${row}4"}\t12345678-1234-4234-8234-12345678901${row}`)}
\\.
`;
  const proposedRules = await audit(() => chunks(sql, 1000), true, { requireFooter: false });
  const rules = renderRules(proposedRules);
  expect(rules).toContain('reach: { fake: phone } # phone numbers in 10 of 10 values\n');
  expect(rules).toContain('body: mask # CHECK: phone numbers in 1 of 10 values\n');
  expect(rules).toContain(
    'extra: emails # CHECK: e-mail addresses in 10 of 10 values, phone numbers in 10 of 10 values\n',
  );
  expect(rules).toContain('code: keep\n');
  expect(rules).toContain('    - public.notes.extra # CHECK: 10 phone numbers\n');
  const { report } = await run(sql, { rules, footer: false });
  expect(report.leaks).toEqual([]);
});

test('of a pipe, which is read once, the findings of numbers do not stop a run', async () => {
  const { found, ...rest } = await audit(() => chunks(dump, 1000), false, { requireFooter: false });
  expect(found).toBeUndefined();
  const rules = renderRules({ ...rest, found });
  expect(rules).toContain('  replaced-values: warn\n');
  const { report } = await run(dump, { rules });
  expect(report.leaks.map(({ kind, column }) => [kind, column])).toEqual([['replaced-values', 'note']]);
});

test('names are written as rules read them', async () => {
  const sql = `CREATE TABLE public."Odd, table" ("First" text, "a.b" text, "null" text, "12" text, "q""q" text, "x: y" text);\n`;
  const rules = renderRules(await audit(() => chunks(sql, 1000), true, { requireFooter: false }));
  expect([...parseRules(rules, 'rules').tables].map(([table, { columns }]) => [table, [...columns.keys()]])).toEqual([
    ['public."Odd, table"', ['"12"', '"First"', '"a.b"', 'null', '"q""q"', '"x: y"']],
  ]);
  expect(rules).toContain('      First: emails\n');
});

test('rows of a table that the dump does not define, such as those of an extension, do not stop a run with what is proposed', async () => {
  const sql = `CREATE TABLE public.users (mail text);
COPY public.spatial (id, text) FROM stdin;
1\tann@corp.example
\\.
`;
  const rules = renderRules(await audit(() => chunks(sql, 1000), true, { requireFooter: false }));
  expect(rules).toContain('unknown-columns: emails # fail is not possible: the dump does not define public.spatial\n');
  expect((await run(sql, { rules })).text).not.toContain('ann@');
});

test('a dump without tables has rules without tables', async () => {
  const sql = 'CREATE VIEW public.v AS SELECT 1;\n';
  const rules = renderRules(await audit(() => chunks(sql, 1000), true, { requireFooter: false }));
  expect(parseRules(rules, 'rules').tables.size).toBe(0);
});
