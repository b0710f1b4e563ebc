/** The points of the crash suite: every AWS call an action makes, and what becomes of it. */

import type { Lab } from '../../lab/lab.ts';
import type { CallRecord } from '../../lab/services/http/call-log.ts';
import type { FaultEffect } from '../../lab/services/http/faults.ts';

const effects = {
  'killed before': { kind: 'kill-before' },
  'killed after': { kind: 'kill-after' },
  throttled: { kind: 'throttle' },
  'refused with a 5xx': {
    kind: 'refuse',
    status: 500,
    code: 'InternalError',
    message: 'An internal error has occurred',
  },
  hanging: { kind: 'hang-before' },
  'answer lost': { kind: 'lose-answer' },
} as const satisfies Readonly<Record<string, FaultEffect>>;

export type EffectName = keyof typeof effects;

export interface Point {
  readonly title: string;
  readonly endpoint: CallRecord['endpoint'];
  readonly operation: string;
  /** The number of the call among those of this operation, from 1. */
  readonly ordinal: number;
  readonly effect: FaultEffect;
}

/**
 * The calls of an undisturbed run, each with every effect. Of a command's polls only the first counts: how many follow
 * is chance.
 * @param all false takes one effect for each call, in turn: every call and every effect is met, not every pair
 * @param chosen the calls that are meant; default: all
 */
export function pointsOf(
  records: readonly CallRecord[],
  all: boolean,
  chosen: (record: CallRecord) => boolean = () => true,
): Point[] {
  const seen = new Map<string, number>();
  const commands = new Set<string>();
  const calls: Pick<Point, 'endpoint' | 'operation' | 'ordinal'>[] = [];
  for (const record of records) {
    const { endpoint, operation, parameters } = record;
    if (!['ec2', 'ssm', 'sts', 's3'].includes(endpoint)) continue;
    const ordinal = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, ordinal);
    const command =
      operation === 'GetCommandInvocation' ? String((parameters as { CommandId?: string }).CommandId) : undefined;
    if (command !== undefined && commands.has(command)) continue;
    if (command !== undefined) commands.add(command);
    if (chosen(record)) calls.push({ endpoint, operation, ordinal });
  }
  const names = Object.keys(effects) as EffectName[];
  return calls.flatMap((call, index) =>
    names.filter((_, place) => all || place === index % names.length).map((name) => pointAt(call, name)),
  );
}

/** What a failure inside a service is called where not `InternalError`, as EC2 and S3 have it (their lists of error codes). */
const otherCodes: Readonly<Record<string, string>> = { ssm: 'InternalServerError', sts: 'InternalFailure' };

function pointAt(call: Pick<Point, 'endpoint' | 'operation' | 'ordinal'>, name: EffectName): Point {
  const effect: FaultEffect = effects[name];
  return {
    ...call,
    title: `${call.endpoint}:${call.operation} no. ${call.ordinal}: ${name}`,
    effect: effect.kind === 'refuse' ? { ...effect, code: otherCodes[call.endpoint] ?? effect.code } : effect,
  };
}

/** Points that were chosen by hand: a call to S3, its number among those of its operation, and what becomes of it. */
export type ChosenPoint = readonly [operation: string, ordinal: number, effect: EffectName];

/** @throws Error when the undisturbed run makes no such call: the point would show nothing */
export function chosenPoints(records: readonly CallRecord[], chosen: readonly ChosenPoint[]): Point[] {
  return chosen.map(([operation, ordinal, name]) => {
    const made = records.filter((one) => one.endpoint === 's3' && one.operation === operation).length;
    if (made < ordinal) throw new Error(`the run calls ${operation} ${made} times, not ${ordinal}`);
    return pointAt({ endpoint: 's3', operation, ordinal }, name);
  });
}

/** The points from the first command with one of the documents to the end of the last command with the other. */
export function pointsBetween(
  records: readonly CallRecord[],
  documents: readonly [string, string],
  all: boolean,
): Point[] {
  const [from, to] = documents;
  const first = records.findIndex((one) => isCommand(one, from));
  const last = records.findLastIndex((one) => isCommand(one, to));
  // The poll of the last command belongs to it.
  const end = records.findIndex((one, index) => index > last && one.operation === 'GetCommandInvocation');
  const chosen = new Set(records.slice(first, end + 1));
  return pointsOf(records, all, (record) => chosen.has(record));
}

function isCommand({ operation, parameters }: CallRecord, document: string): boolean {
  return operation === 'SendCommand' && JSON.stringify(parameters).includes(`Holdfast-${document}`);
}

export function arm(lab: Lab, point: Point): void {
  lab.faults.add({
    name: point.title,
    endpoint: point.endpoint,
    operation: point.operation,
    from: point.ordinal,
    effect: point.effect,
  });
}

/**
 * Whether every pair of call and effect is tried for an action. By default each call meets one of the effects, in turn;
 * HOLDFAST_CRASH names the actions to try whole, separated by commas, or is `all`.
 */
export function everyPair(action: string): boolean {
  const wanted = (process.env.HOLDFAST_CRASH ?? '').split(',');
  return wanted.includes('all') || wanted.includes(action);
}
