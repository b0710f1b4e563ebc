/** Unique indexes over expressions as conditions: what makes addresses distinct must be in what the index sees of them. */
import { withGenerated } from '../../schema/bound-columns.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { evaluate } from '../../schema/expressions/evaluate.ts';
import { columnsIn, type Expression, stringsIn } from '../../schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../schema/expressions/values.ts';
import type { ColumnPlace, Table, Unique } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import type { AddressCondition, Verdict, Written } from './condition.ts';
import { type AddressForm, alphabets } from './form.ts';
import { fromJson } from './from-json.ts';
import { samplesFor } from './sample-addresses.ts';

/** With this many bits, addresses of different input count as distinct (transforms/unique-email.ts). */
const enoughBits = 60;
/** Functions whose results differ when what they are given differs. */
const keepsDistinct = /^(md5|sha\d+|digest|encode|convert_to|hashtext(extended)?|btrim|quote_literal|unaccent)$/;

export function uniqueConditions(catalogue: Catalogue, tables: readonly Table[]): readonly AddressCondition[] {
  return tables.flatMap((table) =>
    table.uniques.flatMap((unique) => {
      const parts = (unique.parts ?? unique.columns).map((part) => expressionOf(part, table, catalogue));
      return table.columns
        .filter((column) => unique.columns.includes(column.name))
        .filter((column) => holdsAddresses(column) || column.type.base === 'json')
        .flatMap(({ name }) => {
          const own = parts.filter((part) => columnsIn(part).has(name));
          // The index sees the whole address.
          if (own.length === 0 || own.some((part) => part.kind === 'column')) return [];
          return new UniqueCondition({ table: table.name, column: name }, unique, own, catalogue);
        });
    }),
  );
}

/** A part of an index without what follows its expression: `WITH =`, DESC, a class of operators. */
function expressionOf(part: string, table: Table, catalogue: Catalogue): Expression {
  let sql = part.replace(/\s+with\s+\S+\s*$/i, '').replace(/\s+(asc|desc)?(\s+nulls\s+(first|last))?\s*$/i, '');
  let expression = catalogue.expression(sql);
  if (expression.kind === 'unknown') {
    sql = sql.replace(/\s+[\w."]+\s*$/, '');
    expression = catalogue.expression(sql);
  }
  return simplified(withGenerated(expression, table, (one) => catalogue.expression(one)));
}

/** Without the calls that do not matter for what is distinct. */
function simplified(expression: Expression): Expression {
  if (expression.kind === 'cast') return { ...expression, of: simplified(expression.of) };
  if (expression.kind !== 'call') return expression;
  const args = expression.args.map(simplified);
  const [first] = args;
  if (expression.name === 'collate' && first) return first;
  if ((fromJson.test(expression.name) || keepsDistinct.test(expression.name)) && first && columnsIn(first).size > 0)
    return first;
  return { ...expression, args };
}

class UniqueCondition implements AddressCondition {
  readonly places: readonly ColumnPlace[];
  readonly what: string;
  readonly domains: readonly string[] = [];
  readonly allowed =
    'keep, "null" where it may be NULL, fixed in a table of one row, or an index over the whole address';
  readonly onlyWarns: boolean;
  readonly #column: string;
  readonly #parts: readonly Expression[];
  readonly #catalogue: Catalogue;

  constructor(place: ColumnPlace, unique: Unique, parts: readonly Expression[], catalogue: Catalogue) {
    this.places = [place];
    this.#column = place.column;
    this.#parts = parts;
    this.#catalogue = catalogue;
    const kind = unique.kind === 'index' ? 'the unique index' : 'the constraint';
    this.what = `${kind} ${unique.name || `of ${place.table}`} (${(unique.parts ?? unique.columns).join(', ')})`;
    this.onlyWarns =
      !/mail|address|login|user/i.test(place.column) &&
      !parts.some((part) => stringsIn(part).some((text) => text.includes('@')));
  }

  judge(written: Written): Verdict {
    const { form } = written;
    if (this.#seesNothing(written)) return 'accepted';
    const { characters, bits } = alphabets[form.alphabet];
    const plain = Array.from({ length: form.letters }, () => characters[0] as string);
    const usual = this.#seen(form, plain);
    if (usual === undefined) return 'unknown';
    let visible = 0;
    for (let index = 0; index < form.letters; index += 1) {
      const other = this.#seen(form, plain.with(index, characters[1] as string));
      if (other === undefined) return 'unknown';
      if (other !== usual) visible += 1;
    }
    // Where all letters are seen, a run stops as soon as two addresses would be equal.
    return form.letters > 0 && (visible === form.letters || visible * bits >= enoughBits) ? 'accepted' : 'refused';
  }

  /** Whether the index sees the same of every address, as of `email IS NULL`, and of those that are written. */
  #seesNothing({ addresses }: Written): boolean {
    const originals = this.#parts.flatMap((part) => samplesFor(part).addresses);
    const [first, ...others] = [...addresses, ...originals].map((one) =>
      this.#seen({ before: one, letters: 0, alphabet: 'base32', after: '' }, []),
    );
    return first !== undefined && others.every((one) => one === first);
  }

  /** What the index sees of an address; undefined where nobody can tell. */
  #seen({ before, after }: AddressForm, letters: readonly string[]): string | undefined {
    const address = `${before}${letters.join('')}${after}`;
    const values = this.#parts.map((part) =>
      evaluate(part, {
        // Other columns are the same in both rows.
        valueOf: (name): SqlValue => (name === this.#column ? address : 'x'),
        dialect: this.#catalogue.dialect.name,
      }),
    );
    return values.includes(unknown) ? undefined : JSON.stringify(values);
  }
}
