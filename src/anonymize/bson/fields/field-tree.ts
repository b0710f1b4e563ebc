/**
 * The fields of one collection as they occur, each with what happens to its values. Fields are found by their bytes, mostly in the
 * order of the document before, without a string for each.
 */

import type { Rule } from '../../rules/file/rule.ts';
import type { ColumnPlan } from '../../rules/plan/plan.ts';
import type { Transform } from '../../rules/transforms/transform.ts';
import { advance, type FieldStep, type PathState } from './field-path.ts';
import type { Kind } from './transforms.ts';

/** More different names in one place are data, such as the ids of a map: they share one field, named `*`. */
const maxChildren = 500;

/** An address in any form, a number, an ObjectId or a longer hash, a UUID. */
const dataName =
  /[@＠]|%40|%2540|u0040|^[+\d][\d ()./-]*$|^[0-9a-f]{24,}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What happens to a field. */
export interface FieldPlan extends ColumnPlan {
  readonly rule: Rule;
  /** Whether the field is in a unique index. */
  readonly unique: boolean;
  /** The transform of the rule for values of one kind; only for rules that have one. */
  readonly transform: (kind: Kind) => Transform;
}

/** What the fields of a collection share. */
export interface TreeOptions {
  readonly paths: readonly (readonly FieldStep[])[];
  /** @param rule index of the rule that holds for the field, by its own path or by one above; -1 for none */
  readonly plan: (path: string, rule: number) => FieldPlan;
}

/** A place in documents, as a walk goes down to it. */
export interface FieldLike {
  readonly path: string;
  readonly plan: FieldPlan;
  /** Whether a value of its own, neither document nor array, has been met. */
  met: boolean;
  /** The place whose name is between `from` and `to`. */
  child(bytes: Buffer, from: number, to: number): FieldLike;
  /** Where what the place is depends on the document there, which begins at `at`: the place inside it. */
  enter?(bytes: Buffer, at: number, to: number): FieldLike;
}

export class Field implements FieldLike {
  readonly path: string;
  readonly plan: FieldPlan;
  /** The rule that holds here: -1 for none. */
  readonly rule: number;
  met = false;
  readonly #options: TreeOptions;
  readonly #states: readonly PathState[];
  readonly #children: Field[] = [];
  readonly #names: Buffer[] = [];
  readonly #byName = new Map<string, number>();
  /** The child after the last that was asked for. */
  #next = 0;

  constructor(options: TreeOptions, path = '', rule = -1, states?: readonly PathState[]) {
    this.#options = options;
    this.path = path;
    this.#states = states ?? options.paths.map((_, index) => ({ rule: index, at: 0 }));
    const own = this.#states.find((state) => state.at === options.paths[state.rule]?.length);
    this.rule = own?.rule ?? rule;
    this.plan = options.plan(path, this.rule);
  }

  get children(): readonly Field[] {
    return this.#children;
  }

  child(bytes: Buffer, from: number, to: number): Field {
    const index = this.#next;
    const name = this.#names[index];
    if (name !== undefined && equal(name, bytes, from, to)) {
      this.#next = index + 1 < this.#names.length ? index + 1 : 0;
      return this.#children[index] as Field;
    }
    return this.named(bytes.toString('utf8', from, to));
  }

  named(name: string): Field {
    let index = this.#byName.get(name);
    if (index === undefined) {
      index = this.#isMapKey(name) ? (this.#byName.get('*') ?? this.#add('*')) : this.#add(name);
    }
    this.#next = index + 1 < this.#names.length ? index + 1 : 0;
    return this.#children[index] as Field;
  }

  /** Whether a name is data, which reports must not show: there are too many, or it is an address, a number or an id. */
  #isMapKey(name: string): boolean {
    if (this.#children.length < maxChildren && !dataName.test(name)) return false;
    return !this.#options.paths.some((path) => path.some((step) => step !== 'anywhere' && step.key === name));
  }

  #add(name: string): number {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    const child = new Field(this.#options, path, this.rule, advance(this.#options.paths, this.#states, name));
    this.#byName.set(name, this.#children.length);
    this.#names.push(Buffer.from(name));
    return this.#children.push(child) - 1;
  }
}

function equal(name: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let index = 0; index < name.length; index += 1) if (name[index] !== bytes[from + index]) return false;
  return true;
}

/** All fields below, in the order in which they were met. */
export function* allFields(field: Field): Generator<Field> {
  for (const child of field.children) {
    yield child;
    yield* allFields(child);
  }
}
