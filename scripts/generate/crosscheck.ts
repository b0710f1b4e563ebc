/** The table of docs/crosscheck.md, from docs/crosscheck.json. */
import type { Heard } from '../../crosscheck/record.ts';

export function heardTable(heard: readonly Heard[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = heard.map(
    ({ name, version, compares, agreed, known }) =>
      `| \`${name}\` | ${cell(version)} | ${cell(compares)} | ${agreed.toLocaleString('en')} | ${known.length} |`,
  );
  const differences = heard.flatMap(({ name, known }) =>
    known.map(({ why, right, source }) => `- \`${name}\`: ${why} Right: ${right} ([source](${source})).`),
  );
  return [
    '| witness | version | what is compared | points that agree | known differences |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Known differences',
    '',
    ...(differences.length > 0 ? differences : ['None.']),
  ].join('\n');
}
