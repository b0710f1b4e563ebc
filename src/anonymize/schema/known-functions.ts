/** The functions that a dump defines with a body of one expression: CHECKs, indexes and partition keys call them. */
import type { Cursor } from '../format/cursor.ts';
import { createdName, type NameScope, nameParts } from '../format/name-scope.ts';
import type { DefinedFunction } from './expressions/inline.ts';
import { bodyOf } from './function-bodies.ts';

interface Known extends DefinedFunction {
  readonly name: string;
  /** Its parameters as written: functions of one name differ in their types. */
  readonly signature: string;
}

export class KnownFunctions {
  /** By the name alone, without its schema. */
  readonly #byName = new Map<string, Known[]>();

  /** Reads what follows CREATE FUNCTION. */
  create(cursor: Cursor, scope: NameScope): void {
    const written = cursor.qualified();
    if (written === undefined) return;
    const name = createdName(written, scope);
    const group = cursor.group();
    const signature = group?.remainingSql() ?? '';
    const parameters = parametersOf(group?.parts() ?? []);
    const own = nameParts(name).at(-1) as string;
    const others = (this.#byName.get(own) ?? []).filter((one) => one.name !== name || one.signature !== signature);
    const isStrict = isCalledOnNoNull(cursor);
    const body = parameters === undefined ? undefined : bodyOf(cursor);
    this.#byName.set(own, [...others, { name, signature, parameters, isStrict, body }]);
  }

  /**
   * The function that an expression calls.
   * @param name as written, canonical
   * @returns undefined where the dump defines none of that name, or several
   */
  find(name: string, args: number): DefinedFunction | undefined {
    const parts = nameParts(name);
    const all = this.#byName.get(parts.at(-1) as string) ?? [];
    const meant = parts.length > 1 ? all.filter((one) => `.${one.name}`.endsWith(`.${name}`)) : all;
    // Of one whose parameters are not understood, nobody knows whether it is meant.
    const fitting = meant.filter(({ parameters }) => parameters === undefined || parameters.length === args);
    return fitting.length === 1 ? fitting[0] : undefined;
  }
}

/** Words that begin a type of several words. */
const beginsType = /^(double|character|national|bit|timestamp|time|interval)$/;
const continuesType = /^(precision|varying|character|char|with|without)$/;

/** The names of the parameters, empty where there is none; undefined for other than IN parameters. */
function parametersOf(parts: readonly Cursor[]): readonly string[] | undefined {
  const names: string[] = [];
  for (const part of parts) {
    if (part.accept('out') || part.accept('inout') || part.accept('variadic')) return undefined;
    part.accept('in');
    if (part.has('default') || part.tokens.slice(part.at, part.end).some(({ text }) => text === '=')) return undefined;
    const [first, second] = part.tokens.slice(part.at, part.end);
    const isNamed =
      second !== undefined &&
      second.kind !== 'sign' &&
      !(first?.kind === 'word' && beginsType.test(first.text) && continuesType.test(second.text));
    names.push(isNamed ? (part.name() ?? '') : '');
  }
  return names;
}

/** Whether it gives NULL, uncalled, where an argument is NULL. */
function isCalledOnNoNull(cursor: Cursor): boolean {
  const words = cursor.tokens.slice(cursor.at).map(({ kind, text }) => (kind === 'word' ? text : '.'));
  return words.includes('strict') || words.join(' ').includes('returns null on null input');
}
