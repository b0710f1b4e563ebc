/** Writes a database as pg_dump does. */
import type { Cell } from './columns.ts';
import type { Form, LargeObject, NamedColumn, TableModel } from './schema.ts';

const head = `--
-- PostgreSQL database dump
--

-- Dumped from database version 15.10
-- Dumped by pg_dump version 15.10

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
`;
const foot = `
--
-- PostgreSQL database dump complete
--
`;

/** The lines around what a dump holds. */
export const frame = (text: string): string => `${head}\n${text}${foot}`;

/** A dump of a whole server, with one database in it. */
export const cluster = (dump: string): string => `--
-- PostgreSQL database cluster dump
--

SET default_transaction_read_only = off;

--
-- Roles
--

CREATE ROLE app;

--
-- Database "shop" dump
--

\\connect shop

${dump}
--
-- PostgreSQL database cluster dump complete
--
`;

/** The piece of a dump that makes a large object. */
export function largeObject({ value: { bytes }, piece }: LargeObject, oid: number): string {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, index) =>
    bytes.subarray(index * piece, (index + 1) * piece),
  );
  return `SELECT pg_catalog.lo_create('${oid}');

BEGIN;

SELECT pg_catalog.lo_open('${oid}', 131072);
${pieces.map((one) => `SELECT pg_catalog.lowrite(0, '\\x${one.toString('hex')}');\n`).join('')}SELECT pg_catalog.lo_close(0);

COMMIT;

`;
}

export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !['order'].includes(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const copied: Readonly<Record<string, string>> = {
  ...{ '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\' },
};
export const copy = (text: string | undefined): string =>
  text === undefined ? '\\N' : text.replaceAll(/[\b\f\n\r\t\v\\]/g, (one) => copied[one] as string);

type Row = readonly (Cell | undefined)[];

/** The rows of a table, without those that repeat a value that must be unique. */
export function rowsOf({ columns, rows }: TableModel): readonly Row[] {
  const seen = columns.map(() => new Set<string>());
  const all = Array.from({ length: rows }, (_, index) =>
    columns.map(({ model }) => model.cells[index % model.cells.length]),
  );
  return all.filter((row) => {
    const repeats = row.some(
      (cell, index) => isUnique(columns[index]) && cell?.text !== undefined && seen[index]?.has(cell.text),
    );
    if (!repeats) row.forEach((cell, index) => void (cell?.text !== undefined && seen[index]?.add(cell.text)));
    return !repeats;
  });
}

export function isUnique(column: NamedColumn | undefined): boolean {
  return (
    column?.isUnique === true &&
    column.model.holdsText &&
    !column.model.isJson &&
    !/\[\]|contact/.test(column.model.type)
  );
}

export function writeRows(table: string, columns: readonly NamedColumn[], rows: readonly Row[], form: Form): string {
  const names = ['id', ...columns.map(({ name }) => quoteName(name))].join(', ');
  if (form === 'copy') {
    const lines = rows.map((row, index) => [String(index + 1), ...row.map((cell) => copy(cell?.text))].join('\t'));
    return `COPY ${table} (${names}) FROM stdin;\n${lines.map((line) => `${line}\n`).join('')}\\.\n\n`;
  }
  const tuples = rows.map(
    (row, index) =>
      `(${[String(index + 1), ...row.map((cell) => (cell?.text === undefined ? 'NULL' : literal(cell.text)))].join(', ')})`,
  );
  const into = `INSERT INTO ${table}${form === 'inserts' ? '' : ` (${names})`} VALUES`;
  if (form === 'many-rows') return tuples.length > 0 ? `${into}\n\t${tuples.join(',\n\t')};\n\n` : '';
  return `${tuples.map((tuple) => `${into} ${tuple};\n`).join('')}\n`;
}

/** Texts outside of rows, each with a value in it. */
export const outside: readonly ((text: string, table: string) => string)[] = [
  (text, table) => `COMMENT ON TABLE ${table} IS ${literal(text)};\n`,
  (text, table) => `ALTER TABLE ONLY ${table} ALTER COLUMN id SET DEFAULT length(${literal(text)});\n`,
  (text) =>
    `CREATE FUNCTION public.f() RETURNS text\n    LANGUAGE sql\n    AS $_$ SELECT ${literal(text)}::text $_$;\n`,
  (text) => `CREATE VIEW public.v AS\n SELECT ${literal(text)}::text AS a;\n`,
  (text, table) => `ALTER TABLE ${table} ADD CONSTRAINT not_him CHECK ((id::text <> ${literal(text)}::text));\n`,
  (text) =>
    /[\n\r]/.test(text)
      ? ''
      : `CREATE FUNCTION public.g() RETURNS integer\n    LANGUAGE plpgsql\n    AS $$\nBEGIN\n  -- ${text.replaceAll('$$', '')}\n  RETURN 1;\nEND\n$$;\n`,
];
