/** A whole value beside its shape: every name known, everything required there, every single value right. */
import type { Findings } from './findings.ts';
import { type Model, type Reference, type Shape, shapeOf, type TimestampFormat } from './model.ts';
import { judgeSize } from './values.ts';

/** How a protocol writes structures, lists, maps and single values. */
export interface Wire {
  /** The name under which a member is written. */
  readonly nameOf: (member: string, reference: Reference, shape: Shape) => string;
  /** The members of a structure; undefined for what is none. */
  readonly members: (value: unknown) => ReadonlyMap<string, unknown> | undefined;
  /** The items of a list; undefined for what is none. */
  readonly items: (value: unknown, list: Shape, flattened: boolean) => readonly unknown[] | undefined;
  /** The keys and values of a map; undefined for what is none. */
  readonly entries: (
    value: unknown,
    map: Shape,
    flattened: boolean,
  ) => readonly (readonly [unknown, unknown])[] | undefined;
  readonly timestamps: TimestampFormat;
  readonly single: (
    shape: Shape,
    format: TimestampFormat,
    value: unknown,
    path: string,
    findings: Findings,
  ) => undefined;
}

export class Walk {
  readonly #model: Model;
  readonly #wire: Wire;
  readonly #findings: Findings;

  constructor(model: Model, wire: Wire, findings: Findings) {
    this.#model = model;
    this.#wire = wire;
    this.#findings = findings;
  }

  value(reference: Reference, value: unknown, path: string): undefined {
    const shape = shapeOf(this.#model, reference);
    const flattened = (reference.flattened ?? shape.flattened) === true;
    switch (shape.type) {
      case 'structure':
        return this.#structure(shape, value, path);
      case 'list':
        return this.#list(shape, this.#wire.items(value, shape, flattened), value, path);
      case 'map':
        return this.#map(shape, this.#wire.entries(value, shape, flattened), value, path);
      default: {
        const format = reference.timestampFormat ?? shape.timestampFormat ?? this.#wire.timestamps;
        return this.#wire.single(shape, format, value, path, this.#findings);
      }
    }
  }

  #structure(shape: Shape, value: unknown, path: string): undefined {
    const members = this.#wire.members(value);
    if (members === undefined) return this.#findings.check(false, path, 'a structure', value);
    return this.members(shape, Object.entries(shape.members ?? {}), members, path);
  }

  /** @param known the members of the shape that are written here, not in headers or the address */
  members(
    shape: Shape,
    known: readonly (readonly [string, Reference])[],
    found: ReadonlyMap<string, unknown>,
    path: string,
  ): undefined {
    const byName = new Map(
      known.map(([name, one]) => [this.#wire.nameOf(name, one, shapeOf(this.#model, one)), [name, one] as const]),
    );
    for (const [written, one] of found) {
      const member = byName.get(written);
      if (member) this.value(member[1], one, join(path, member[0]));
      else this.#findings.check(false, join(path, written), 'no such member in the model', one);
    }
    for (const [written, [name]] of byName) {
      if (shape.required?.includes(name))
        this.#findings.check(found.has(written), join(path, name), 'required', 'missing');
    }
  }

  #list(shape: Shape, items: readonly unknown[] | undefined, value: unknown, path: string): undefined {
    if (items === undefined || !shape.member) return this.#findings.check(false, path, 'a list', value);
    judgeSize(shape, items.length, path, this.#findings);
    for (const item of items) this.value(shape.member, item, `${path}[]`);
  }

  #map(shape: Shape, entries: ReturnType<Wire['entries']>, value: unknown, path: string): undefined {
    if (entries === undefined || !shape.key || !shape.value) return this.#findings.check(false, path, 'a map', value);
    judgeSize(shape, entries.length, path, this.#findings);
    for (const [key, one] of entries) {
      this.value(shape.key, key, `${path}{key}`);
      this.value(shape.value, one, `${path}{}`);
    }
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
