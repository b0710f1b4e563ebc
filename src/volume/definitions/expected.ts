/** What is known of each object at the point of the backup, from what was read before the pause and after it. */
import type { DefinitionFact, Definitions } from '../../domain/definitions.ts';

export interface ExpectedObject {
  readonly fact: DefinitionFact;
  /** Parts that were the same on both sides. */
  readonly parts: ReadonlyMap<string, string>;
  /** Parts that changed, came or went meanwhile: nothing is known of them. */
  readonly moved: ReadonlySet<string>;
  readonly quantities: ReadonlyMap<string, { readonly before: bigint; readonly after: bigint }>;
  /** Why nothing is known of it at all. */
  readonly unknown?: string;
  /** It was made anew or altered meanwhile, so the copy may be without it. */
  readonly madeAnew: boolean;
}

export function objectKey({ kind, name }: DefinitionFact): string {
  return `${kind} ${name}`;
}

export function expectedObjects(before: Definitions, after: Definitions): Map<string, ExpectedObject> {
  const later = new Map(after.objects.map((fact) => [objectKey(fact), fact]));
  const expected = new Map<string, ExpectedObject>();
  for (const fact of before.objects) {
    const other = later.get(objectKey(fact));
    expected.set(objectKey(fact), other ? both(fact, other) : unknown(fact, 'it was gone after the pause'));
  }
  for (const [key, fact] of later)
    if (!expected.has(key)) expected.set(key, unknown(fact, 'it was new after the pause'));
  return expected;
}

function unknown(fact: DefinitionFact, why: string): ExpectedObject {
  return { fact, parts: new Map(), moved: new Set(), quantities: new Map(), unknown: why, madeAnew: false };
}

function both(before: DefinitionFact, after: DefinitionFact): ExpectedObject {
  const trouble = before.error ?? after.error;
  if (trouble) return unknown(before, `the source itself could not read it: ${trouble.message}`);
  const parts = new Map<string, string>();
  const moved = new Set<string>();
  for (const name of new Set([...Object.keys(before.parts), ...Object.keys(after.parts)])) {
    const value = before.parts[name];
    if (value !== undefined && value === after.parts[name]) parts.set(name, value);
    else moved.add(name);
  }
  return {
    fact: before,
    parts,
    moved,
    quantities: quantities(before, after),
    madeAnew: before.created !== after.created,
  };
}

const wholeNumber = /^-?\d{1,40}$/;

function quantities(before: DefinitionFact, after: DefinitionFact): ExpectedObject['quantities'] {
  const found = new Map<string, { before: bigint; after: bigint }>();
  for (const [name, value] of Object.entries(before.quantities ?? {})) {
    const other = after.quantities?.[name];
    if (other !== undefined && wholeNumber.test(value) && wholeNumber.test(other))
      found.set(name, { before: BigInt(value), after: BigInt(other) });
  }
  return found;
}
