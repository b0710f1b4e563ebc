/** What the main thread and a thread that rewrites rows say to each other. */
import type { HashesOfSample } from '../leak-check/hash-sample.ts';
import type { RulesFile } from '../rules/file/rules-file.ts';
import type { ReadStatement } from '../schema/catalogue.ts';
import type { Slot } from './block-buffers.ts';

/** From which the thread makes the same plan as the main thread's. */
export interface ThreadData {
  readonly rules: RulesFile;
  /** The statements of the catalogue, in order. */
  readonly definitions: readonly ReadStatement[];
  readonly key: Uint8Array;
  /** Whether replaced values are noted for the leak check. */
  readonly notesReplaced: boolean;
}

export interface RowsMessage {
  readonly kind: 'rows';
  readonly table: string;
  /** Names of the columns, in the order of the rows. */
  readonly columns: readonly string[];
  /** Where whole rows are, and where the result belongs; by its id when the thread has seen it before. */
  readonly slot: Slot | number;
  /** Bytes of the rows. */
  readonly size: number;
  /** Of the rows in the dump. */
  readonly offset: number;
}

/** Asks for what was replaced: the thread is not needed any more. */
export interface EndMessage {
  readonly kind: 'end';
}

export type ToThread = RowsMessage | EndMessage;

/** Rows were rewritten. */
export interface RewrittenMessage {
  readonly kind: 'rewritten';
  /** Bytes of the result. */
  readonly size: number;
  /** The result, where it is longer than its place in the slot. */
  readonly long: Uint8Array<ArrayBuffer> | undefined;
  readonly counts: CountsOfRows;
}

export interface CountsOfRows {
  /** Replaced values or addresses, by column. */
  readonly replaced: readonly number[];
  /** Rows that were left out, by what the report calls them. */
  readonly rows: readonly (readonly [label: string, count: number])[];
}

export interface FailedMessage {
  readonly kind: 'failed';
  readonly error: SentError;
}

export interface ReplacedMessage {
  readonly kind: 'replaced';
  readonly replaced: HashesOfSample;
}

/** The thread has read its rules, and can begin. */
export interface ReadyMessage {
  readonly kind: 'ready';
}

export type FromThread = ReadyMessage | RewrittenMessage | FailedMessage | ReplacedMessage;

/** An error without its class, which does not survive the way between threads. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}
