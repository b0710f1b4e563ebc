/**
 * Whether and where a text matches. Goes from sets of positions to sets of positions, so that no pattern takes more than a time that
 * grows with the length of the text times that of the pattern: there is no way back to try.
 */
import { type Pattern, Unsupported } from './pattern.ts';
import { type CharacterSet, type Edge, isIn, isWordCharacter, type Regex } from './syntax.ts';

/** Steps after which a pattern counts as too long: repetitions of repetitions. */
const maxSteps = 2_000_000;

/** Positions in a text at which something may be: 1 where it is. */
type Positions = Uint8Array;

export class Matcher {
  readonly #characters: readonly string[];
  readonly #pattern: Pattern;
  #steps = 0;

  constructor(pattern: Pattern, text: string) {
    this.#pattern = pattern;
    this.#characters = [...text];
  }

  /** Whether the pattern matches anywhere. @throws Unsupported when that takes too long */
  test(): boolean {
    const all = this.#none().fill(1);
    return this.#ends(this.#pattern.regex, all).includes(1);
  }

  /**
   * Where the first match from `from` on begins and ends: of several that begin there, the longest.
   * @throws Unsupported when that cannot be told
   */
  find(from: number): { readonly start: number; readonly end: number } | undefined {
    if (!this.#pattern.isGreedy) throw new Unsupported();
    for (let start = from; start <= this.#characters.length; start += 1) {
      const end = this.#ends(this.#pattern.regex, this.#at(start)).lastIndexOf(1);
      if (end >= 0) return { start, end };
    }
    return undefined;
  }

  text(start: number, end: number): string {
    return this.#characters.slice(start, end).join('');
  }

  /** What the parentheses captured in a match: those that are no part of others, as long as they may be from left to right. */
  captured({ start, end }: { readonly start: number; readonly end: number }): string[] {
    const { regex, groups } = this.#pattern;
    const parts = regex.kind === 'sequence' ? regex.parts : [regex];
    const captured: string[] = [];
    let at = start;
    parts.forEach((part, index) => {
      const rest: Regex = { kind: 'sequence', parts: parts.slice(index + 1) };
      let next = -1;
      const ends = this.#ends(part, this.#at(at));
      for (let to = end; to >= at && next < 0; to -= 1)
        if (ends[to] === 1 && this.#ends(rest, this.#at(to))[end] === 1) next = to;
      if (part.kind === 'group' && part.index !== undefined) captured.push(this.text(at, next));
      at = next;
    });
    if (captured.length !== groups) throw new Unsupported();
    return captured;
  }

  #none(): Positions {
    return new Uint8Array(this.#characters.length + 1);
  }

  #at(position: number): Positions {
    const positions = this.#none();
    positions[position] = 1;
    return positions;
  }

  /** Where a match may end that begins at one of the positions. */
  #ends(regex: Regex, starts: Positions): Positions {
    this.#steps += starts.length;
    if (this.#steps > maxSteps) throw new Unsupported();
    switch (regex.kind) {
      case 'set':
        return this.#where(
          starts,
          1,
          (at) => at < this.#characters.length && isIn(regex.set, this.#characters[at] as string),
        );
      case 'sequence':
        return regex.parts.reduce<Positions>((positions, part) => this.#ends(part, positions), starts);
      case 'choice':
        return union(
          regex.parts.map((part) => this.#ends(part, starts)),
          this.#none(),
        );
      case 'group':
        return this.#ends(regex.part, starts);
      case 'repeat':
        return this.#repeat(regex, starts);
      case 'edge':
        return this.#where(starts, 0, (at) => this.#isEdge(regex.edge, at));
      case 'look':
        return this.#where(starts, 0, (at) => this.#looks(regex, at) !== regex.negative);
    }
  }

  #where(starts: Positions, by: number, test: (at: number) => boolean): Positions {
    const ends = this.#none();
    for (let at = 0; at < starts.length; at += 1) if (starts[at] === 1 && test(at)) ends[at + by] = 1;
    return ends;
  }

  #repeat({ part, min, max }: Extract<Regex, { kind: 'repeat' }>, starts: Positions): Positions {
    let positions = starts;
    for (let count = 0; count < min; count += 1) positions = this.#ends(part, positions);
    if (part.kind === 'set' && max === Number.POSITIVE_INFINITY) return this.#run(part.set, positions);
    const ends = positions.slice();
    for (let count = min; count < max; count += 1) {
      const next = this.#ends(part, positions);
      // From the other positions, everything has been reached with fewer repetitions.
      const fresh = this.#none();
      let isFresh = false;
      for (let at = 0; at < next.length; at += 1) {
        if (next[at] === 0 || ends[at] === 1) continue;
        ends[at] = 1;
        fresh[at] = 1;
        isFresh = true;
      }
      if (!isFresh) break;
      positions = fresh;
    }
    return ends;
  }

  /** As many characters of a set as there are, from each of the positions. */
  #run(set: CharacterSet, starts: Positions): Positions {
    const ends = this.#none();
    let runs = false;
    for (let at = 0; at < ends.length; at += 1) {
      runs ||= starts[at] === 1;
      if (!runs) continue;
      ends[at] = 1;
      runs = at < this.#characters.length && isIn(set, this.#characters[at] as string);
    }
    return ends;
  }

  #looks({ part, behind }: Extract<Regex, { kind: 'look' }>, at: number): boolean {
    if (!behind) return this.#ends(part, this.#at(at)).includes(1);
    return this.#ends(part, this.#none().fill(1, 0, at + 1))[at] === 1;
  }

  #isEdge(edge: Edge, at: number): boolean {
    const [before, after] = [this.#characters[at - 1], this.#characters[at]];
    const [isBefore, isAfter] = [isWordCharacter(before), isWordCharacter(after)];
    switch (edge) {
      case 'start':
        return at === 0;
      case 'end':
        return at === this.#characters.length;
      case 'line-start':
        return at === 0 || before === '\n';
      case 'line-end':
        return at === this.#characters.length || after === '\n';
      case 'word-begin':
        return !isBefore && isAfter;
      case 'word-end':
        return isBefore && !isAfter;
      case 'word-border':
        return isBefore !== isAfter;
      case 'no-border':
        return isBefore === isAfter;
    }
  }
}

function union(all: readonly Positions[], result: Positions): Positions {
  for (const positions of all)
    positions.forEach((is, at) => {
      if (is === 1) result[at] = 1;
    });
  return result;
}
