/**
 * What may disturb a dump before pg_dump has its locks, and for how long it is tried again. Nothing of such an attempt remains:
 * the next one takes new locks and a new snapshot.
 */

/**
 * `waiting`: a lock that somebody held for longer than the attempt waited; `blocked`: somebody asked for an exclusive lock
 * between the locks of the snapshot and those of pg_dump, which queues behind it; `worker`: the same with a parallel job of
 * pg_dump, which gives up at once; `changed`: a relation came or went meanwhile; `ended`: the server ended a session.
 */
export type DisturbanceKind = 'waiting' | 'blocked' | 'worker' | 'changed' | 'ended';

/** The severity may be in the language of the server. psql prints the code only when it is verbose. */
const serverLine = /(?:^|: )(\p{Lu}+): {1,2}(?:([0-9A-Z]{5}): )?(.*)$/u;

/** The messages among lines that psql printed, for people: without rows, codes, and places in the server's source. */
export function messagesIn(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => !/^(\{|holdfast:|LOCATION: |STATEMENT: )/.test(line))
    .map((line) => line.replace(/(\p{Lu}: {1,2})[0-9A-Z]{5}: /u, '$1'));
}

/** SQLSTATE of the first error among lines that psql printed; classes 00, 01 and 02 are none. */
export function sqlStateIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const code = serverLine.exec(line)?.[2];
    if (code !== undefined && !/^0[012]/.test(code)) return code;
  }
  return undefined;
}

/** By SQLSTATE (PostgreSQL manual, appendix A); a class stands for all its codes. */
const kinds: ReadonlyMap<string, DisturbanceKind> = new Map([
  ['55P03', 'waiting'],
  ['40P01', 'waiting'],
  ['42P01', 'changed'],
  ['3F000', 'changed'],
  ['42704', 'changed'],
  ['40001', 'ended'],
  ['57P01', 'ended'],
  ['57P02', 'ended'],
  ['57P03', 'ended'],
  ['08', 'ended'],
]);

/** Messages of programs that show no code; those of the server only where it speaks English. */
const patterns: readonly (readonly [RegExp, DisturbanceKind])[] = [
  [/could not obtain lock on relation/, 'worker'],
  [/due to (lock|statement) timeout|deadlock detected/, 'blocked'],
  [
    /terminating connection|server closed the connection|connection to server was lost|connection has been closed/,
    'ended',
  ],
  [
    /Connection refused|the database system is (starting up|shutting down|not yet accepting connections|in recovery mode)/,
    'ended',
  ],
  [/due to conflict with recovery|could not receive data from server/, 'ended'],
  [
    /does not exist|cache lookup failed for|could not open relation with OID|returned no data|returned \d+ rows instead of one/,
    'changed',
  ],
];

/**
 * What kind of disturbance an output shows; undefined for an error that another attempt would meet again.
 * @param lines of a program, or of psql, which prints codes; its rows do not matter
 */
export function disturbanceIn(lines: readonly string[]): DisturbanceKind | undefined {
  const code = sqlStateIn(lines);
  if (code !== undefined) return kinds.get(code) ?? kinds.get(code.slice(0, 2));
  const output = messagesIn(lines).join('\n');
  if (/permission denied|(role|database) .* does not exist/.test(output)) return undefined;
  return patterns.find(([pattern]) => pattern.test(output))?.[1];
}

/** Attempts after which a disturbance of a kind is an error. Those that wait for a lock end with the time for it. */
const limits: Readonly<Record<Exclude<DisturbanceKind, 'waiting'>, number>> = {
  blocked: 40,
  worker: 3,
  changed: 20,
  ended: 4,
};

/** Milliseconds that the first attempt waits for a lock. */
const firstWait = 500;
/**
 * Milliseconds for which pg_dump may be blocked: whoever asks for the exclusive lock is kept waiting by us, and everybody behind
 * him, too. Where somebody does so all the time only many attempts meet a moment without him; each fifth waits until a careful
 * migration gives up by itself.
 */
const blockedBriefly = 300;
const blockedLonger = 4000;

/** How often, and how patiently, a disturbed dump is tried. */
export class Patience {
  readonly #lockTimeout: number;
  readonly #seen: Record<DisturbanceKind, number> = { waiting: 0, blocked: 0, worker: 0, changed: 0, ended: 0 };

  /** @param lockTimeoutSeconds what the last attempt waits for a lock */
  constructor(lockTimeoutSeconds: number) {
    this.#lockTimeout = lockTimeoutSeconds * 1000;
  }

  /** Milliseconds that this attempt waits for each lock. What waits behind our locks is let through between attempts. */
  get lockWait(): number {
    return Math.min(firstWait * 2 ** this.#seen.waiting, this.#lockTimeout);
  }

  /** Milliseconds after which pg_dump is taken for blocked. */
  get blockedFor(): number {
    const longer = this.#seen.blocked % 5 === 4;
    return Math.min(longer ? blockedLonger : blockedBriefly, this.#lockTimeout);
  }

  /** Whether pg_dump must do without parallel jobs, which give up at a lock that somebody waits for. */
  get alone(): boolean {
    return this.#seen.worker > 0;
  }

  /** @returns milliseconds until the next attempt; undefined when there is none */
  after(kind: DisturbanceKind): number | undefined {
    const last = kind === 'waiting' ? this.lockWait >= this.#lockTimeout : this.#seen[kind] + 1 >= limits[kind];
    this.#seen[kind] += 1;
    if (last) return undefined;
    // Right after the one who was in the way is the best moment. A server that restarts needs a while.
    return kind === 'ended' ? 1000 * 2 ** this.#seen.ended : 0;
  }
}
