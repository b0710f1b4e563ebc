/** Reads a dump and counts, by column, the values that hold personal data. */
import { Addresses } from '../emails/addresses.ts';
import { findAddresses } from '../emails/find.ts';
import { textOf } from '../format/codec.ts';
import type { CopyTarget } from '../format/copy-statement.ts';
import type { Dialect } from '../format/dialect.ts';
import { IgnoringVisitor, type InsertVisitor, type ReaderState } from '../format/dump-visitor.ts';
import { InsertReader } from '../format/insert-statement.ts';
import { textAt } from '../format/mysql/values.ts';
import { NumberCounts, wayOf } from '../numbers/chance.ts';
import { findNumbers, type NumberKind } from '../numbers/find-numbers.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { holdsText } from '../schema/column-kinds.ts';
import { readDefinition } from '../schema/read-catalogue.ts';

/** Values of a column, by what they hold. */
export interface ColumnSample {
  values: number;
  emails: number;
  /** Values that are one address and nothing else. */
  onlyEmail: number;
  phones: number;
  ibans: number;
  cards: number;
  /** By kind: how many of the numbers are real, and not written like one by chance. */
  readonly numbers: Map<NumberKind, NumberCounts>;
  /** Whether numbers are searched for: only where the leak check does so, too. */
  readonly holdsText: boolean;
}

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterN = 0x4e;

export class ColumnSamples extends IgnoringVisitor {
  readonly #catalogue: Catalogue;
  /** By table, then by column. */
  readonly #samples = new Map<string, Map<string, ColumnSample>>();
  readonly #emails = new Addresses();
  /** The kinds of numbers in the current value. */
  readonly #held = new Set<NumberKind>();
  readonly #inserts = new InsertReader();
  #reader: ReaderState | undefined;
  /** The samples of the current rows, in the order of their columns. */
  #columns: readonly ColumnSample[] = [];

  /** @param catalogue filled with the definitions of the dump */
  constructor(catalogue: Catalogue) {
    super();
    this.#catalogue = catalogue;
  }

  /** @param table canonical name of a table that is not a partition */
  of(table: string, column: string): ColumnSample | undefined {
    return this.#samples.get(table)?.get(column);
  }

  /** Canonical names of the tables whose rows it has read. */
  tables(): readonly string[] {
    return [...this.#samples.keys()];
  }

  override begin(dialect: Dialect, reader: ReaderState): void {
    this.#catalogue.speak(dialect);
    this.#reader = reader;
  }

  /** The rows of MySQL. */
  readonly inserts: InsertVisitor = {
    begin: (target) => {
      this.#columns = this.#begin(target.table, target.columns ?? this.#columnsOf(target.table, true));
    },
    rows: (batch) => {
      for (let index = 0; index < batch.count; index += 1)
        if (!batch.isNull(index)) this.#count(this.#columns[index % batch.width], textAt(batch, index));
    },
    end: () => {},
  };

  override statement(bytes: Buffer, _from: number, to: number, code: number): void {
    readDefinition(this.#catalogue, bytes, code, to, this.#reader?.scope);
    this.#inserts.eachRow(bytes, code, to, (written, columns, texts) => {
      const table = this.#reader?.fullName(written) ?? written;
      const samples = this.#begin(table, columns ?? this.#columnsOf(table, true));
      texts.forEach((text, index) => {
        this.#count(samples[index], text);
      });
    });
  }

  override copyBegin(target: CopyTarget): void {
    this.#columns = this.#begin(target.name, target.columns ?? this.#columnsOf(target.name, false));
  }

  override rows(bytes: Buffer, from: number, to: number): void {
    let index = 0;
    let start = from;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at];
      if (byte !== tab && byte !== newline) continue;
      const isNull = at - start === 2 && bytes[start] === backslash && bytes[start + 1] === letterN;
      if (at > start && !isNull) this.#count(this.#columns[index], textOf(bytes, start, at, 'copy'));
      index = byte === newline ? 0 : index + 1;
      start = at + 1;
    }
  }

  #columnsOf(table: string, generated: boolean): readonly string[] {
    const columns = this.#catalogue.table(table)?.columns ?? [];
    return columns.filter((column) => generated || !column.generated).map((column) => column.name);
  }

  /** The samples of these columns. Values of a partition count for the table at the top. */
  #begin(table: string, columns: readonly string[]): ColumnSample[] {
    const name = this.#catalogue.root(table);
    const samples = this.#samples.get(name) ?? new Map<string, ColumnSample>();
    this.#samples.set(name, samples);
    return columns.map((column) => {
      const defined = this.#catalogue.column(name, column);
      const sample = samples.get(column) ?? noSample(defined === undefined || holdsText(defined));
      samples.set(column, sample);
      return sample;
    });
  }

  #count(sample: ColumnSample | undefined, text: Buffer): void {
    if (sample === undefined) return;
    sample.values += 1;
    const emails = this.#emails;
    emails.clear();
    findAddresses(text, 0, text.length, 0, emails);
    if (emails.count > 0) {
      sample.emails += 1;
      if (emails.starts[0] === 0 && emails.ends[0] === text.length) sample.onlyEmail += 1;
    }
    if (!sample.holdsText) return;
    const held = this.#held;
    held.clear();
    findNumbers(text, 0, text.length, (kind, start, end, passes) => {
      const counts = sample.numbers.get(kind) ?? new NumberCounts();
      sample.numbers.set(kind, counts);
      counts.add(wayOf(text, start, end), passes);
      if (passes) held.add(kind);
    });
    for (const kind of held) sample[kind] += 1;
  }
}

export function noSample(mayHoldText: boolean): ColumnSample {
  return {
    values: 0,
    emails: 0,
    onlyEmail: 0,
    phones: 0,
    ibans: 0,
    cards: 0,
    numbers: new Map(),
    holdsText: mayHoldText,
  };
}
