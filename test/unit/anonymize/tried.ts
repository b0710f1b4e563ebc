/** What becomes of one table public.t, or why nothing does. */
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { type RunOptions, run } from './run.ts';

const copy = (columns: string, rows: string): string => `COPY public.t (${columns}) FROM stdin;\n${rows}\n\\.\n`;

/** Rules for the columns of public.t. */
export const ruled = (columns: string): string => `version: 1\ntables:\n  public.t: { columns: { ${columns} } }\n`;

/** The rows of public.t as they come out. */
export async function rowsOf(definition: string, columns: string, rows: string, options: RunOptions = {}) {
  const { text } = await run(`${definition}\n${copy(columns, rows)}`, options);
  return /FROM stdin;\n([\s\S]*?)\n\\\.\n/.exec(text)?.[1] ?? '';
}

/** What stops the run before anything is written; empty when nothing does. */
export async function problems(sql: string, options: RunOptions = {}): Promise<readonly string[]> {
  try {
    await run(sql, options);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
