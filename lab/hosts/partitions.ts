/** Partitions of a disk image: a table of the old kind (MBR), and the kernel's knowledge of it. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { command } from './command.ts';

export interface Partition {
  readonly index: number;
  /** `major:minor`. */
  readonly number: string;
}

interface Entry {
  readonly index: number;
  readonly firstSector: number;
  readonly sectors: number;
}

const sectorBytes = 512;
/** Where the four entries of the table are, how long each is, and what ends its sector (UEFI specification, 5.2.1). */
const table = { offset: 446, entryBytes: 16, signature: 0xaa55, signatureOffset: 510, linux: 0x83 };

/** Writes a table of Linux partitions, of which those that are left out are empty. */
export function writeTable(path: string, entries: readonly Entry[]): void {
  const sector = Buffer.alloc(sectorBytes);
  for (const { index, firstSector, sectors } of entries) {
    const at = table.offset + (index - 1) * table.entryBytes;
    sector.writeUInt8(table.linux, at + 4);
    sector.writeUInt32LE(firstSector, at + 8);
    sector.writeUInt32LE(sectors, at + 12);
  }
  sector.writeUInt16LE(table.signature, table.signatureOffset);
  const file = openSync(path, 'r+');
  writeSync(file, sector, 0, sectorBytes, 0);
  closeSync(file);
}

function readTable(path: string): Entry[] {
  const sector = Buffer.alloc(sectorBytes);
  const file = openSync(path, 'r');
  readSync(file, sector, 0, sectorBytes, 0);
  closeSync(file);
  if (sector.readUInt16LE(table.signatureOffset) !== table.signature) return [];
  return [1, 2, 3, 4].flatMap((index) => {
    const at = table.offset + (index - 1) * table.entryBytes;
    const [type, firstSector, sectors] = [
      sector.readUInt8(at + 4),
      sector.readUInt32LE(at + 8),
      sector.readUInt32LE(at + 12),
    ];
    return type === table.linux && firstSector > 0 && sectors > 0 ? [{ index, firstSector, sectors }] : [];
  });
}

/** Makes the partitions of an image known to the kernel, which may have been built without the table's kind. */
export async function knowPartitions(loop: string, path: string): Promise<Partition[]> {
  const name = loop.replace('/dev/', '');
  const number = (index: number) => command('cat', `/sys/block/${name}/${name}p${index}/dev`);
  const partitions: Partition[] = [];
  for (const { index, firstSector, sectors } of readTable(path)) {
    const known = await number(index).catch(() => undefined);
    if (known === undefined) await command('addpart', loop, String(index), String(firstSector), String(sectors));
    partitions.push({ index, number: known ?? (await number(index)) });
  }
  return partitions;
}
