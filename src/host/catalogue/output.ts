/**
 * What a host script prints: its answer, an error of its own, or where an answer waits that is too long for SSM's output.
 */
import { z } from 'zod';

const failure = z.object({ code: z.string(), message: z.string(), detail: z.string() });

const stored = z.object({
  key: z.string(),
  /** Hexadecimal, of the answer itself. */
  sha256: z.string(),
  /** Characters of base64 to fetch. */
  length: z.number().int().positive(),
});

export type StoredAnswer = z.infer<typeof stored>;

export type ScriptOutput =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: z.infer<typeof failure> }
  | { readonly kind: 'stored'; readonly stored: StoredAnswer }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads the one line of JSON that a script prints. */
export function parseOutput(line: string): ScriptOutput {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'unreadable', why: `its answer is not one line of JSON: ${line.slice(0, 200) || '(nothing)'}` };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'answer', value };
  if ('error' in value) {
    const { data, error } = failure.safeParse(value.error);
    return data ? { kind: 'failed', error: data } : { kind: 'unreadable', why: doesNotFit('error', error) };
  }
  if ('stored' in value) {
    const { data, error } = stored.safeParse(value.stored);
    return data ? { kind: 'stored', stored: data } : { kind: 'unreadable', why: doesNotFit('stored', error) };
  }
  return { kind: 'answer', value };
}

function doesNotFit(field: string, error: z.ZodError): string {
  return `its answer does not fit: ${problemsOf(error, [field]).join('; ')}`;
}

/** What does not fit, by field: `volumeIds.0: expected string, received number`. */
export function problemsOf(error: z.ZodError, parents: readonly string[] = []): string[] {
  return error.issues.map(({ path, message }) => {
    const words = message.replace(/^Invalid input: /, '');
    const field = [...parents, ...path].join('.');
    return field === '' ? words : `${field}: ${words}`;
  });
}
