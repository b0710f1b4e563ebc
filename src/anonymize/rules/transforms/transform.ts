/** What a rule does to one value. */
import type { Arena } from '../../bytes/arena.ts';

/**
 * Appends the new text to the arena.
 * @param bytes holds the value's decoded text between `from` and `to`
 * @param by the text of the column that the rule goes `by`, where it names one
 */
export type Transform = (bytes: Buffer, from: number, to: number, out: Arena, by?: Buffer) => Outcome;

/** NULL; any text; or `plain`: text without a character that a dump or JSON must escape. */
export type Outcome = 'null' | 'text' | 'plain';

export const toNull: Transform = () => 'null';

export function toFixed(value: string): Transform {
  const text = Buffer.from(value);
  return (_bytes, _from, _to, out) => {
    out.append(text, 0, text.length);
    return 'text';
  };
}
