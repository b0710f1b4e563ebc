/** Values of columns: with and without addresses, and what must not come out of them. */
import fc from 'fast-check';
import { anyAddress, type Planted, plainAddress } from './addresses.ts';
import { formats } from './formats.ts';
import { embeds, harmless } from './texts.ts';

export interface Value {
  /** Undefined is NULL. */
  readonly text: string | undefined;
  /** Words that must not occur in what comes out. */
  readonly words: readonly string[];
}

const all = { ...embeds, ...formats };
const names = Object.keys(all);

const embedded = (address: fc.Arbitrary<Planted>): fc.Arbitrary<Value> =>
  fc
    .tuple(fc.constantFrom(...names), address)
    .map(([name, { text, words }]) => ({ text: (all[name] as (text: string) => string)(text), words }));

export const harmlessText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...harmless), { maxLength: 3 })
  .map((parts) => parts.join(' '));

const nothing: fc.Arbitrary<Value> = harmlessText.map((text) => ({ text, words: [] }));
const nil: fc.Arbitrary<Value> = fc.constant({ text: undefined, words: [] });

/** An ordinary address in any text, or any address in an ordinary text, or both, or nothing at all. */
export const anyText: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: embedded(plainAddress) },
  { weight: 4, arbitrary: anyAddress },
  // Quoted local parts and comments are tried alone: quotes and brackets are written in many ways.
  { weight: 2, arbitrary: embedded(anyAddress.filter(({ text }) => !/["(]/.test(text))) },
  { weight: 3, arbitrary: nothing },
  { weight: 1, arbitrary: nil },
  {
    weight: 1,
    arbitrary: fc.tuple(nothing, embedded(plainAddress), nothing).map(([one, two, three]) => ({
      text: `${one.text} ${two.text} ${three.text}`,
      words: two.words,
    })),
  },
);

export const harmlessValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: nothing },
  { weight: 1, arbitrary: nil },
);

export const address: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: plainAddress },
  { weight: 2, arbitrary: anyAddress },
);
