/** The transform of a rule for values of one kind: rules for SQL's columns, where the type of a value takes that of the column. */
import type { Replace } from '../../emails/replacement.ts';
import type { Rule } from '../../rules/file/rule.ts';
import { transformOf } from '../../rules/transforms/column-transform.ts';
import type { Transform } from '../../rules/transforms/transform.ts';
import type { Column } from '../../schema/table.ts';
import type { TypeClass } from '../../schema/types.ts';

/** The kinds of values that rules tell apart. `large`: a whole number beyond 31 bits in a double. */
export type Kind = 'text' | 'int32' | 'int64' | 'large' | 'decimal' | 'uuid' | 'bytes' | 'date';

const classes: Readonly<Record<Kind, TypeClass>> = {
  text: 'text',
  int32: 'integer',
  int64: 'integer',
  large: 'integer',
  decimal: 'number',
  uuid: 'uuid',
  bytes: 'bytes',
  date: 'timestamp',
};
export type Transforming = Exclude<Rule, { readonly kind: 'keep' | 'emails' }>;

/** @param replace for addresses in JSON, where no rule says otherwise */
export function fitting(
  rule: Transforming,
  kind: Kind,
  maxCharacters: number,
  key: Uint8Array,
  replace: Replace,
): Transform {
  // The same number has the same pseudonym in every type: MongoDB compares 5 and 5.0 as equal.
  const limits = { maxCharacters, widths: [kind === 'large' ? 53 : 31], caseless: false, padded: false };
  return transformOf(rule, columnOf(kind), limits, key, replace);
}

function columnOf(kind: Kind): Column {
  const written = kind === 'int32' ? 'integer' : kind === 'int64' ? 'bigint' : kind;
  return {
    name: '',
    type: {
      written,
      underlying: written,
      base: classes[kind],
      array: false,
      composite: undefined,
      caseless: false,
      maxCharacters: undefined,
      enumeration: undefined,
      checks: [],
      inside: undefined,
      padded: false,
      binary: false,
    },
    notNull: false,
    generated: false,
    default: undefined,
  };
}
