/** Dumps of one table, public.t, and rules for its columns. */

export const rulesFor = (columns: string): string => `version: 1\ntables:\n  public.t:\n    columns:\n${columns}`;
export const copy = (definition: string, columns: string, rows: string): string =>
  `${definition}\nCOPY public.t (${columns}) FROM stdin;\n${rows}\n\\.\n`;
export const table = (columns: string): string => `CREATE TABLE public.t (\n${columns}\n);`;
