/** Keeps output in order when a part of it becomes known only later: what is written after that part waits for it. */
import { Arena } from './arena.ts';
import { type Output, writePatched } from './output.ts';
import type { Patches } from './patches.ts';

/** A part of the output that is being made elsewhere. */
export interface LaterPart {
  readonly isReady: boolean;
  /** Writes it. @throws the error that its making ended with */
  writeTo(out: Output): void;
}

interface Waiting {
  readonly part: LaterPart;
  /** What was written after it, and before the next one. */
  behind: Arena | undefined;
}

/** Bytes that wait behind parts; more only when they are written at once. */
const enough = 2 * 1024 * 1024;
/** Buffers for them that are kept. */
const mostFree = 2;

export class OrderedWriter implements Output {
  readonly #out: Output;
  readonly #waiting: Waiting[] = [];
  #last: Waiting | undefined;
  #bytesBehind = 0;
  /** Used again: a new one would grow from small each time, and leave what it was to the garbage collector. */
  readonly #free: Arena[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  /** How many parts are not written yet. */
  get parts(): number {
    return this.#waiting.length;
  }

  /** Whether so much waits that nothing should be added before `settle` has written some of it. */
  get isFull(): boolean {
    return this.#bytesBehind > enough;
  }

  copy(bytes: Buffer, from: number, to: number): void {
    if (this.#last === undefined) {
      this.#out.copy(bytes, from, to);
      return;
    }
    this.#last.behind ??= this.#free.pop() ?? new Arena();
    this.#last.behind.append(bytes, from, to);
    this.#bytesBehind += to - from;
  }

  patched(bytes: Buffer, from: number, to: number, patches: Patches): void {
    if (this.#last === undefined) this.#out.patched(bytes, from, to, patches);
    else writePatched(this, bytes, from, to, patches);
  }

  /** The part belongs here. */
  later(part: LaterPart): void {
    this.#last = { part, behind: undefined };
    this.#waiting.push(this.#last);
  }

  /** Writes what is ready, up to the first part that is not. @throws the error of the first part that has one */
  settle(): void {
    for (let next = this.#waiting[0]; next?.part.isReady; next = this.#waiting[0]) {
      next.part.writeTo(this.#out);
      this.#waiting.shift();
      if (this.#waiting.length === 0) this.#last = undefined;
      if (next.behind === undefined) continue;
      this.#bytesBehind -= next.behind.end;
      this.#out.copy(next.behind.bytes, 0, next.behind.end);
      next.behind.clear();
      if (this.#free.length < mostFree) this.#free.push(next.behind);
    }
  }
}
