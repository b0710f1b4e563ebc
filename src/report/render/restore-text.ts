/** How to get a proven backup back by hand: the command of the restore pages (docs/restore-*.md) with its backup filled in. A test holds both together. */
import type { DumpFile } from '../../domain/dump.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { Report } from '../report.ts';
import { fence, link } from './escape.ts';
import { snapshotId } from './volume-text.ts';

const pages: Readonly<Record<EngineName, string>> = {
  postgres: 'restore-postgres.md',
  mysql: 'restore-mysql.md',
  mongodb: 'restore-mongodb.md',
};

/** What unpacks an archive as it arrives, by how its key ends. */
const unpacks = [
  ['.dump.tar', 'tar -x'],
  ['.tar.gz', 'tar -xz'],
] as const;

/** Empty for what is not proven: nobody should restore it without having read why. */
export function restoreBlock(report: Report): string {
  if (report.verdict !== 'good') return '';
  const receipt = report.dump?.receipt;
  const snapshot = report.action === 'verify-volume' ? snapshotId(report) : undefined;
  // Receipts of the first versions name no engine.
  const { engine = 'postgres', files = [] } = receipt ?? {};
  if (files.length > 0) return block(report, pages[engine], files.map(fetchCommand));
  return snapshot === undefined ? '' : block(report, 'restore-volume.md', [volumeCommand(snapshot)]);
}

function block({ runbookUrl = '' }: Report, page: string, commands: readonly string[]): string {
  // The pages lie beside the run book.
  const own = /^(.*\/)runbook\.md(#.*)?$/.exec(runbookUrl)?.[1];
  const further = `Go on as ${own === undefined ? `docs/${page}` : link(page, `${own}${page}`)} says.`;
  return `<details><summary>Restore by hand</summary>\n\n${fence(commands.join('\n'), 'sh')}\n\n${further}\n\n</details>`;
}

/** Gets one file, in the version that was proven. */
export function fetchCommand({ bucket, key, versionId }: DumpFile): string {
  const name = key.split('/').at(-1) ?? key;
  const where = ['--bucket', bucket, '--key', key, ...(versionId === undefined ? [] : ['--version-id', versionId])];
  const words = where.map(shellWord).join(' ');
  const [ending, unpack] = unpacks.find(([end]) => key.endsWith(end)) ?? [];
  if (ending === undefined) return `aws s3api get-object ${shellWord(name)} ${words}`;
  const folder = shellWord(name.slice(0, -ending.length));
  return `aws s3api get-object /dev/fd/3 3>&1 >&2 ${words} | tee >(sha256sum >${folder}.sha256) | ${unpack} --one-top-level=${folder}`;
}

/** Makes a volume in the zone of the host that is to have it. */
export function volumeCommand(snapshot: string): string {
  return `VOLUME=$(aws ec2 create-volume --availability-zone ZONE --volume-type gp3 --query VolumeId --output text --snapshot-id ${snapshot})`;
}

/** As Bash reads it as one word. */
function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
