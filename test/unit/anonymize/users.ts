/** A dump of users and orders, linked by a foreign key over the users' unique addresses. */
import { run } from './run.ts';

export const definition = `CREATE TABLE public.users (
    id integer NOT NULL,
    email text NOT NULL,
    name character varying(40),
    born date,
    seen timestamp with time zone,
    salary numeric(8,2),
    profile jsonb,
    token uuid,
    level smallint,
    "Odd, name" text,
    shout text GENERATED ALWAYS AS (upper(email)) STORED
);
CREATE TABLE public.orders (id integer NOT NULL, user_email text, note text);
`;
const constraints = `ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_email) REFERENCES public.users(email);
`;
const columns = 'id, email, name, born, seen, salary, profile, token, level, "Odd, name"';
export const row = (id: number, more = ''): string =>
  `${id}\tu${id}@x.de\tNora Ü${id}\t1980-02-2${id % 9}\t2020-01-01 10:00:00+00\t1234.50\t{"a": {"phone": "+49 30 1234", "n": 1.50}, "mail": "a@b.de"}\t0b9f2d3e-1111-4222-8333-44445555666${id % 10}\t${id}\t${more}`;
export const copy = (rows: readonly string[]): string =>
  `COPY public.users (${columns}) FROM stdin;\n${rows.map((one) => `${one}\n`).join('')}\\.\n`;
const orders = `COPY public.orders (id, user_email, note) FROM stdin;\n1\tu1@x.de\tNora Ü1\n2\t\\N\t\n\\.\n`;
export const dump = `${definition}${copy([row(1), row(2, 'x\\ty'), row(3)])}${orders}${constraints}`;

/** The rows of public.users under these rules, as fields. */
export const apply = async (rules: string, text = dump): Promise<string[][]> => {
  const out = await run(text, { rules: `version: 1\nleak-check: { replaced-values: off }\ntables:\n${rules}` });
  const body = /COPY public\.users[^\n]*\n([\s\S]*?)\\\.\n/.exec(out.text)?.[1] ?? '';
  return body
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
};
/** Rules for columns of public.users. */
export const of = (rules: string) => `  public.users:\n    columns:\n${rules}`;
