/** Reads what has been written, and reports where something is that should not be: table, column and count, never a value. */
import type { CopyTarget } from '../format/copy-statement.ts';
import type { Dialect } from '../format/dialect.ts';
import type { DumpVisitor, ReaderState } from '../format/dump-visitor.ts';
import { insertHead } from '../format/insert-statement.ts';
import { ByteScanner, rowBytes } from '../kernels/byte-scanner.ts';
import type { LeakKind } from '../rules/file/leak-kinds.ts';
import { definitionsPart, namesPart, type Plan } from '../rules/plan/plan.ts';
import type { IsAllowed } from './allowed.ts';
import { SignScanner } from './at-signs.ts';
import { BatchCheck } from './batch-check.ts';
import type { CheckContext } from './check-context.ts';
import { CopyCheck } from './copy-check.ts';
import { Findings, type Leak } from './findings.ts';
import type { HashesOfSample } from './hash-sample.ts';
import { InsertCheck } from './insert-check.ts';
import { eachRemainingEmail } from './remaining-emails.ts';
import { ReplacedValues } from './replaced-values.ts';

/** Bytes of a statement that name it. */
const placeBytes = 400;

export interface LeakCheckOptions {
  readonly plan: Plan;
  /** Whether the rules allow a finding, by its text. */
  readonly isAllowed?: IsAllowed | undefined;
  /** The kinds of leaks to search for. */
  readonly kinds: ReadonlySet<LeakKind>;
  /** Whether all rows are searched for numbers, and not only a part of large tables. */
  readonly thorough: boolean;
}

export class LeakCheck implements DumpVisitor {
  readonly inserts: BatchCheck;
  readonly #context: CheckContext;
  readonly #insertRows: InsertCheck;
  readonly #scanner = new ByteScanner(rowBytes);
  #table: CopyCheck | undefined;
  #reader: ReaderState | undefined;

  constructor(options: LeakCheckOptions) {
    const { kinds } = options;
    this.#context = {
      ...options,
      isAllowed: options.isAllowed ?? (() => false),
      numbers: kinds.has('phones') || kinds.has('ibans') || kinds.has('cards'),
      signs: new SignScanner(),
      findings: new Findings(),
      values: new ReplacedValues(),
    };
    this.#insertRows = new InsertCheck(this.#context);
    this.inserts = new BatchCheck(this.#context, (...place) => this.#outsideRows(...place));
  }

  begin(_dialect: Dialect, reader: ReaderState): void {
    this.#reader = reader;
    this.#insertRows.reader = reader;
  }

  /** Notes a value that was replaced: its text as it was. */
  noteReplaced(text: Buffer, from: number, to: number): void {
    this.#context.values.noteReplaced(text, from, to);
  }

  /** Notes values that another thread replaced. */
  mergeReplaced(replaced: HashesOfSample): void {
    this.#context.values.mergeReplaced(replaced);
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    const isInsert = insertHead(bytes, code, to) !== undefined;
    this.#outsideRows(bytes, from, isInsert ? code : to, code);
    if (isInsert) this.#insertRows.statement(bytes, code, to);
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    this.#outsideRows(bytes, from, to);
  }

  /** @param code where the statement starts, behind comments */
  #outsideRows(bytes: Buffer, from: number, to: number, code = from): void {
    const { kinds, signs, findings, isAllowed } = this.#context;
    if (!kinds.has('emails')) return;
    eachRemainingEmail(signs, bytes, from, to, (at, email) => {
      const part = this.#isInName(bytes, from, to, at) ? namesPart : definitionsPart;
      if (isAllowed('emails', part, undefined, () => email)) return;
      const begin = at < code ? from : code;
      findings.addOutside('emails', part, bytes.toString('utf8', begin, Math.min(to, begin + placeBytes)));
    });
  }

  #isInName(bytes: Buffer, from: number, to: number, at: number): boolean {
    let inside = false;
    this.#reader?.eachLiteral(bytes, from, to, (kind, _codec, start, end) => {
      inside ||= kind === 'name' && start <= at && at < end;
    });
    return inside;
  }

  copyBegin(target: CopyTarget): void {
    this.#table = new CopyCheck(this.#context, target.name, target.columns, this.#scanner);
  }

  rows(bytes: Buffer, from: number, to: number): void {
    this.#table?.rows(bytes, from, to);
  }

  piece(bytes: Buffer, from: number, to: number): number {
    return this.#table?.piece(bytes, from, to) ?? to;
  }

  copyEnd(): void {
    this.#table = undefined;
  }

  /** All findings, the most frequent first. */
  leaks(): readonly Leak[] {
    const { findings, values } = this.#context;
    const replaced = [...values.repeated()].map((repeated): Leak => ({ kind: 'replaced-values', ...repeated }));
    return [...findings.list(), ...replaced].toSorted((one, other) => other.count - one.count);
  }

  /** Whether all replaced values were compared, and not a sample of them. */
  get comparedAll(): boolean {
    return this.#context.values.comparedAll;
  }
}
