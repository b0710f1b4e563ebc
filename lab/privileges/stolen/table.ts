/** What a stolen session of each role can destroy, tried on the lab, as a table for SECURITY.md. */
import { region } from '../../services/aws/account.ts';
import { roles } from '../installation.ts';
import { type EmptyAccount, startEmptyAccount } from './account.ts';
import { prepare, seedOf, targets } from './targets.ts';

export interface Damage {
  readonly what: string;
  readonly role: string;
  /** In words; undefined when everything is as it was. */
  readonly damage: string | undefined;
}

export interface Stolen {
  readonly damages: readonly Damage[];
  /** How many calls were tried. */
  readonly calls: number;
}

/** Tries everything with a session of each role. Takes some seconds. */
export async function tryStolenSessions(): Promise<Stolen> {
  const account = await startEmptyAccount(seedOf(roles.length, region));
  try {
    await prepare(account, roles.length);
    const tried = await Promise.all(roles.map((role, number) => tryAs(account, role, number)));
    return { damages: tried.flatMap((one) => one.damages), calls: tried.reduce((all, one) => all + one.calls, 0) };
  } finally {
    await account.stop();
  }
}

async function tryAs(account: EmptyAccount, role: string, number: number): Promise<Stolen> {
  const thief = await account.session(role);
  const damages: Damage[] = [];
  let calls = 0;
  for (const { what, attempts, damage } of targets) {
    for (const attempt of attempts(thief, number)) {
      calls += 1;
      await attempt().catch(notOfTheLab);
    }
    damages.push({ what, role, damage: await damage(account, number) });
  }
  return { damages, calls };
}

/** A refusal is an answer. @throws an error that is none of AWS's */
function notOfTheLab(error: unknown): void {
  const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
  if ($metadata?.httpStatusCode === undefined || name === 'NotImplemented') throw error;
}

/** Rows are what can be destroyed, columns the roles. */
export function stolenTable({ damages }: Stolen): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = targets.map(({ what }) => [
    what,
    ...roles.map((role) => damages.find((one) => one.what === what && one.role === role)?.damage ?? '–'),
  ]);
  return [
    line(['with a stolen session of', ...roles.map((role) => `\`${role}\``)]),
    line(['---', ...roles.map(() => '---')]),
    ...rows.map(line),
  ].join('\n');
}
