/**
 * Compares the copy's definitions with the source's. What was the same before the pause and after it must be the same in the
 * copy; what changed meanwhile proves nothing.
 */
import type { DefinitionFact, Definitions } from '../../domain/definitions.ts';
import type { QuiesceMode, Receipt } from '../../domain/receipt.ts';
import type { CheckResult } from '../../domain/verification.ts';
import { showsDamage } from '../copy/damage-errors.ts';
import { changedBack } from './changes.ts';
import { counterProblem } from './counters.ts';
import { type ExpectedObject, expectedObjects, objectKey } from './expected.ts';
import { partProblems } from './parts.ts';
import { type Wording, wording } from './wording.ts';

export interface SourceDefinitions {
  readonly before: Definitions | undefined;
  readonly after: Definitions | undefined;
  readonly mode: QuiesceMode;
}

export const definitionsCheck = 'definitions';

/** What is read from the server's own tables. Another version brings others of them, and an account may not read them. */
const ofTheServer = new Set(['account', 'plugin', 'component', 'system table', 'function of a library', 'server']);

/** A view over a table that is missing, or is not what it was (ER_NO_SUCH_TABLE, ER_VIEW_INVALID): that table is what is judged. */
const ofItsTables = new Set([1146, 1356]);

/** @returns what a reader must know where the source's definitions were not read on both sides of the pause */
export function withoutDefinitions({ before, after }: Receipt['fingerprint']): CheckResult | undefined {
  const why = before.withoutDefinitions ?? after?.withoutDefinitions;
  if (before.definitions !== undefined && why === undefined) return undefined;
  const detail =
    why === undefined
      ? 'none was compared: the receipt is of an earlier version, which did not read them'
      : `none was compared: on the source they could not be read: ${why}`;
  return { name: definitionsCheck, outcome: 'not-compared', detail };
}

/** @returns a check for each object that differs, and one that sums up the others; none where the receipt has no definitions */
export function compareDefinitions({ before, after, mode }: SourceDefinitions, copy: Definitions): CheckResult[] {
  if (before === undefined) return [];
  if (after === undefined) {
    const detail = 'they were read before the pause only, so nobody knows what changed meanwhile';
    return [{ name: definitionsCheck, outcome: 'not-compared', detail }];
  }
  const comparison = new Comparison(before, after, copy, mode);
  return comparison.results();
}

class Comparison {
  readonly #before: Definitions;
  readonly #after: Definitions;
  readonly #copy: Definitions;
  readonly #mode: QuiesceMode;
  readonly #wording: Wording;
  /** Why texts of the two servers differ for no fault of the copy. */
  readonly #otherVersion: string | undefined;
  readonly #changedBack: (kind: string, hasTime: boolean) => string | undefined;
  /** Why an object that the copy's account does not see may be there all the same. */
  readonly #mayNotSee: string | undefined;
  /** Whether a table of accounts could not be read somewhere. */
  readonly #accountsUnread: string | undefined;

  constructor(before: Definitions, after: Definitions, copy: Definitions, mode: QuiesceMode) {
    this.#before = before;
    this.#after = after;
    this.#copy = copy;
    this.#mode = mode;
    const unread = [...before.objects, ...after.objects, ...copy.objects].find(
      (fact) => fact.kind === 'system table' && fact.error,
    );
    this.#accountsUnread = unread && `${unread.name} could not be read: ${unread.error?.message}`;
    this.#changedBack = changedBack(before, after);
    this.#wording = wording(before.serverVersion, copy.serverVersion);
    if (this.#wording !== 'same')
      this.#otherVersion = `the source runs ${before.serverVersion} and the copy ${copy.serverVersion}, which may write definitions differently`;
    const limited = copy.objects.some((fact) => fact.kind === 'system table' && fact.error);
    if (copy.account !== before.account && limited)
      this.#mayNotSee = `the copy was read as ${copy.account}, which may see less than ${before.account} did on the source`;
    else if (copy.lowerCaseTableNames !== before.lowerCaseTableNames)
      this.#mayNotSee = `lower_case_table_names is ${before.lowerCaseTableNames} on the source and ${copy.lowerCaseTableNames} on the copy`;
  }

  results(): CheckResult[] {
    const expected = expectedObjects(this.#before, this.#after);
    const found = new Map(this.#copy.objects.map((fact) => [objectKey(fact), fact]));
    const results: CheckResult[] = [];
    const same = new Map<string, number>();
    const unknown: string[] = [];
    for (const [key, object] of expected) {
      const result = this.#compare(object, found.get(key));
      if (result === undefined) same.set(object.fact.kind, (same.get(object.fact.kind) ?? 0) + 1);
      else if (result.outcome === 'not-compared') unknown.push(`${result.name}: ${result.detail}`);
      else results.push(result);
    }
    for (const [key, fact] of found) {
      if (expected.has(key)) continue;
      const result = this.#added(fact);
      if (result.outcome === 'not-compared') unknown.push(`${result.name}: ${result.detail}`);
      else results.push(result);
    }
    return [...results, ...summary(same, unknown)];
  }

  /** @returns undefined when it is as on the source */
  #compare(expected: ExpectedObject, copy: DefinitionFact | undefined): CheckResult | undefined {
    const { fact } = expected;
    const name = objectKey(fact);
    if (expected.unknown !== undefined) return { name, outcome: 'not-compared', detail: expected.unknown };
    if (ofTheServer.has(fact.kind) && this.#accountsUnread !== undefined)
      return { name, outcome: 'not-compared', detail: this.#accountsUnread };
    if (copy === undefined) return this.#missing(expected);
    if (copy.error) return unreadable(name, copy);
    const { texts, structural } = partProblems(expected, copy, this.#wording);
    const counters = this.#counterProblems(expected, copy);
    const wrong = [...texts, ...counters];
    if (wrong.length === 0) return undefined;
    const [detail, output] = [wrong.join('; '), wrong.join('\n')];
    const doubt = this.#doubt(expected);
    if (doubt !== undefined) return { name, outcome: 'unproven', detail: `${detail}; ${doubt}`, output };
    if (this.#wording === 'other series')
      return { name, outcome: 'not-compared', detail: `${detail}; ${this.#otherVersion}` };
    if (this.#wording === 'same' || structural || counters.length > 0)
      return { name, outcome: 'failed', detail, output };
    const fix = 'install the same version on the verification host to have it proven';
    return { name, outcome: 'unproven', detail: `${detail}; ${this.#otherVersion}; ${fix}`, output };
  }

  /** Why the source may have held something else at the point of the backup. */
  #doubt({ fact, madeAnew }: ExpectedObject): string | undefined {
    if (madeAnew) return 'it was made anew or altered while the backup was taken';
    return this.#changedBack(fact.kind, fact.created !== undefined);
  }

  #missing(expected: ExpectedObject): CheckResult {
    const { fact } = expected;
    const name = objectKey(fact);
    if (this.#mayNotSee !== undefined)
      return { name, outcome: 'unproven', detail: `the copy shows no such ${fact.kind}, but ${this.#mayNotSee}` };
    if (fact.ends !== undefined && time(fact.ends) <= Date.parse(this.#copy.takenAt))
      return {
        name,
        outcome: 'not-compared',
        detail: `it ended at ${fact.ends} UTC, and the server drops such an event`,
      };
    if (this.#wording === 'other series' && ofTheServer.has(fact.kind))
      return { name, outcome: 'not-compared', detail: `the copy is without it; ${this.#otherVersion}` };
    const doubt = this.#doubt(expected);
    if (doubt !== undefined) return { name, outcome: 'unproven', detail: `the copy is without it; ${doubt}` };
    return { name, outcome: 'failed', detail: `this ${fact.kind} is missing in the restored copy` };
  }

  #added(fact: DefinitionFact): CheckResult {
    const name = objectKey(fact);
    const detail = 'only the copy has it; the source had it neither before the pause nor after it';
    const from = Date.parse(this.#before.takenAt) - this.#before.seconds * 1000 - clockSlack;
    const made = fact.created === undefined ? Number.NaN : time(fact.created);
    if (made >= from && made <= Date.parse(this.#after.takenAt) + clockSlack)
      return { name, outcome: 'not-compared', detail: `it was made and dropped while the backup was taken` };
    if (this.#wording === 'other series' && ofTheServer.has(fact.kind))
      return { name, outcome: 'not-compared', detail: `${detail}; ${this.#otherVersion}` };
    if (fact.kind === 'system table' || (ofTheServer.has(fact.kind) && this.#accountsUnread !== undefined))
      return { name, outcome: 'not-compared', detail: this.#accountsUnread ?? detail };
    if (this.#copy.account !== this.#before.account && this.#accountsUnread !== undefined)
      return { name, outcome: 'not-compared', detail: `${detail}, but ${this.#before.account} may see less there` };
    if (this.#mayNotSee !== undefined)
      return { name, outcome: 'not-compared', detail: `${detail}; ${this.#mayNotSee}` };
    // The server tells of no view, database, account or server when it was made.
    if (fact.created === undefined)
      return {
        name,
        outcome: 'unproven',
        detail: `${detail}; it may have been made and dropped while the backup was taken`,
      };
    return { name, outcome: 'failed', detail };
  }

  #counterProblems({ fact, quantities }: ExpectedObject, copy: DefinitionFact): string[] {
    return [...quantities].flatMap(([name, { before, after }]) => {
      const value = copy.quantities?.[name];
      if (value === undefined) return [];
      const { engine } = fact;
      const counter = { name, before, after, engine, serverVersion: this.#copy.serverVersion, mode: this.#mode };
      return counterProblem(counter, BigInt(value)) ?? [];
    });
  }
}

/** Milliseconds: dates of objects are whole seconds. */
const clockSlack = 2000;

/** A date of the server, in UTC. */
function time(date: string): number {
  return Date.parse(`${date.replace(' ', 'T')}Z`);
}

function unreadable(name: string, { kind, error }: DefinitionFact): CheckResult {
  const { code = 0, message = '' } = error ?? {};
  const detail = `its definition could not be read in the copy: ERROR ${code}: ${message}`;
  if (kind === 'view' && ofItsTables.has(code)) return { name, outcome: 'not-compared', detail };
  return { name, outcome: showsDamage({ code, message }) ? 'failed' : 'unproven', detail };
}

/** Objects named in the check that says what was not compared. */
const namedAtMost = 20;

function summary(same: ReadonlyMap<string, number>, unknown: readonly string[]): CheckResult[] {
  const counted = [...same].map(([kind, count]) => `${count} ${plural(kind, count)}`).join(', ');
  return [
    ...(counted === ''
      ? []
      : [{ name: definitionsCheck, outcome: 'passed' as const, detail: `${counted}: as on the source` }]),
    ...(unknown.length === 0
      ? []
      : [
          {
            name: `${definitionsCheck} that were not compared`,
            outcome: 'not-compared' as const,
            detail: `${unknown.length}, first ${unknown[0]}`,
            output: unknown.slice(0, namedAtMost).join('\n'),
          },
        ]),
  ];
}

function plural(kind: string, count: number): string {
  if (count === 1) return kind;
  return kind.startsWith('function of') ? kind.replace('function', 'functions') : `${kind}s`.replace('bodys', 'bodies');
}
