/**
 * Every host script: what it does, what it is put together from, its parameters, and its answer. The SSM documents, the
 * types of commands and answers, and the check of answers come from here.
 */
import { z } from 'zod';
import { copyScripts } from './copy-scripts.ts';
import type { HostScriptDefinition } from './definition.ts';
import { dumpScripts } from './dump-scripts.ts';
import { problemsOf } from './output.ts';
import { wholeNumber } from './parameters.ts';
import { sourceScripts } from './source-scripts.ts';

export const catalogue = {
  ...sourceScripts,
  ...copyScripts,
  ...dumpScripts,
  'read-result': {
    description: 'reads a piece of a result too long for one answer',
    libraries: ['common'],
    parameters: {
      Key: { description: 'Names the stored result.', pattern: '^[a-z0-9-]{1,80}$' },
      Offset: { description: 'First character.', pattern: wholeNumber },
      Length: { description: 'Characters.', pattern: '^[0-9]{1,5}$' },
    },
    answer: z.object({ piece: z.string() }),
  },
} as const satisfies Readonly<Record<string, HostScriptDefinition>>;

/** A Bash script under `scripts/`, by file name without `.sh`; in AWS each is an SSM document. */
export type HostScript = keyof typeof catalogue;

export const hostScriptNames = Object.keys(catalogue) as readonly HostScript[];

type Parameters<S extends HostScript> = (typeof catalogue)[S]['parameters'];
type OptionalKeys<P> = { [K in keyof P]: P[K] extends { readonly default: string } ? K : never }[keyof P];

/** The parameters of a script; those with a default may be left out. */
export type HostParameters<S extends HostScript> = {
  readonly [K in Exclude<keyof Parameters<S>, OptionalKeys<Parameters<S>>>]: string;
} & { readonly [K in OptionalKeys<Parameters<S>>]?: string };

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a script answers with. */
export type HostAnswer<S extends HostScript> = DeepReadonly<z.infer<(typeof catalogue)[S]['answer']>>;

/**
 * Checks an answer against the catalogue.
 * @returns the answer, or what does not fit, by field: `volumeIds.0: expected string, received number`
 */
export function parseAnswer<S extends HostScript>(
  script: S,
  value: unknown,
): { readonly answer: HostAnswer<S> } | { readonly problems: readonly string[] } {
  const result = catalogue[script].answer.safeParse(value);
  if (result.success) return { answer: result.data as HostAnswer<S> };
  return { problems: problemsOf(result.error) };
}
