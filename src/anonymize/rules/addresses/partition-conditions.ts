/** Partitions as conditions: some partition must take the row of each address that is written. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { SqlValue } from '../../schema/expressions/values.ts';
import { orderedBounds } from '../../schema/ordered-bounds.ts';
import {
  isKeyOf,
  lacksRemainders,
  leavesOf,
  mappedTree,
  othersIn,
  type PartitionNode,
  partitionTree,
  takes,
  textsInTree,
} from '../../schema/partitions.ts';
import type { ColumnPlace, Table } from '../../schema/table.ts';
import { holdsAddresses } from './address-columns.ts';
import { type AddressCondition, type Verdict, type Written, worst } from './condition.ts';
import { type AddressForm, alphabets } from './form.ts';

const domain = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const beginning = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,30}$/;
/** Values of bounds that are tried. */
const most = 40;

/** @param rewritten what becomes of a string in a definition */
export function partitionConditions(
  catalogue: Catalogue,
  tables: readonly Table[],
  rewritten: (text: string) => string,
): readonly AddressCondition[] {
  const ordered = orderedBounds(catalogue, (text) => rewritten(text) !== text);
  return tables
    .filter((table) => !table.isPartition && table.partitionKey !== undefined)
    .flatMap((table) => {
      const tree = partitionTree(table.name, catalogue);
      if (tree === undefined || tree.children.length === 0) return [];
      return table.columns
        .filter((column) => holdsAddresses(column) && isKeyOf(tree, column.name))
        .map(({ name }) => new PartitionCondition({ table: table.name, column: name }, tree, rewritten, ordered));
    });
}

/** The addresses that one partition held. */
interface Held {
  readonly others: (name: string) => SqlValue;
  /** The same partition in the result, with those above it. */
  readonly after: readonly PartitionNode[];
  /** Those that bounds name. */
  readonly named: readonly string[];
  readonly hasOthers: boolean;
}

class PartitionCondition implements AddressCondition {
  readonly places: readonly ColumnPlace[];
  readonly what: string;
  readonly allowed = 'keep, fixed with a text that a partition takes, or a DEFAULT partition';
  readonly domains: readonly string[];
  readonly beginnings: readonly string[];
  readonly onlyWarns: boolean;
  #held: readonly Held[] | undefined;
  readonly #column: string;
  readonly #tree: PartitionNode;
  /** With the bounds as they are written. */
  readonly #written: PartitionNode;
  readonly #samples: readonly string[];
  readonly #named: readonly string[];

  constructor(
    place: ColumnPlace,
    tree: PartitionNode,
    rewritten: (text: string) => string,
    ordered: ReadonlyMap<string, string>,
  ) {
    this.places = [place];
    this.#column = place.column;
    this.#tree = tree;
    this.#written = mappedTree(tree, rewritten, (text) => ordered.get(text) ?? rewritten(text));
    this.what = `the partitioning of ${place.table}`;
    const texts = textsInTree(tree).slice(0, most);
    this.domains = texts.filter((text) => domain.test(text));
    // A little above a bound, and at the beginning of what has no lower bound.
    this.beginnings = [...new Set([...texts.filter((text) => beginning.test(text)).map(lower), 'a', '0'])];
    this.#named = texts.filter((text) => text.includes('@'));
    this.#samples = [
      ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${letter}nn@mail.example`),
      ...this.domains.map((one) => `ann@${one}`),
      ...this.beginnings.map((one) => `${one}nn@mail.example`),
      ...this.#named,
      ...this.#named.map((one) => one.toUpperCase()),
    ];
    this.onlyWarns = !/mail|address|login|user/i.test(place.column) && this.#named.length === 0;
  }

  judge(written: Written): Verdict {
    if (lacksRemainders(this.#tree, this.#column)) return 'refused';
    this.#held ??= this.#heldBefore();
    let verdict: Verdict = 'accepted';
    for (const held of this.#held) {
      const ofPartition = this.#judgePartition(held, written);
      if (ofPartition === 'refused') return ofPartition;
      verdict = worst([verdict, ofPartition]);
    }
    return verdict;
  }

  /** What each partition held. */
  #heldBefore(): readonly Held[] {
    const after = leavesOf(this.#written);
    const named = new Set([...this.#named, ...this.#named.map((one) => one.toUpperCase())]);
    return leavesOf(this.#tree).map((path, index) => {
      const others = othersIn(path, this.#column);
      const held = this.#samples.filter((value) => this.#takes(this.#tree, path, value, others) !== 'refused');
      return {
        others,
        after: after[index] ?? path,
        named: held.filter((value) => named.has(value)),
        hasOthers: held.some((value) => !named.has(value)),
      };
    });
  }

  /** Whether the addresses that a partition held find a place. */
  #judgePartition({ others, after, named, hasOthers }: Held, written: Written): Verdict {
    let verdict: Verdict = 'accepted';
    for (const value of [...named.map(written.replace), ...(hasOthers ? extremes(written.form) : [])]) {
      const taken = this.#takes(this.#written, after, value, others);
      if (taken === 'refused') return taken;
      if (taken === 'unknown') verdict = 'unknown';
    }
    return verdict;
  }

  #takes(
    tree: PartitionNode,
    path: readonly PartitionNode[],
    value: string,
    others: (name: string) => SqlValue,
  ): ReturnType<typeof takes> {
    return takes(tree, { column: this.#column, value, others, path });
  }
}

/** The first and the last address of a form, wherever digits come in the order. */
function extremes({ before, letters, alphabet, after }: AddressForm): readonly string[] {
  const { characters } = alphabets[alphabet];
  const ordered = [...characters].toSorted();
  const digits = ordered.filter((one) => /\d/.test(one));
  const others = ordered.filter((one) => /\D/.test(one));
  const ends = new Set([digits.at(0), digits.at(-1), others.at(0), others.at(-1)].filter((one) => one !== undefined));
  return [...ends].map((one) => `${before}${one.repeat(letters)}${after}`);
}

const lower = (text: string): string => text.toLowerCase();
