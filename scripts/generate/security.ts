/** The tables of SECURITY.md: the numbers of the privilege tests, and what a stolen session can destroy, tried on the lab. */
import { privilegeNumbers } from '../../lab/privileges/numbers.ts';
import { stolenTable, tryStolenSessions } from '../../lab/privileges/stolen/table.ts';
import { between } from './action-yml.ts';

export async function securityPage(page: string): Promise<string> {
  const stolen = await tryStolenSessions();
  return between(between(page, 'privileges', aligned(privilegeNumbers())), 'stolen', aligned(stolenTable(stolen)));
}

/** The columns of a table, each as wide as its longest cell. */
function aligned(table: string): string {
  const rows = table.split('\n').map((line) => line.slice(2, -2).split(' | '));
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (cell === '---' ? '-' : cell).padEnd(widths[column] ?? 0, cell === '---' ? '-' : ' ')),
  );
  return `\n${lines.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}
