/** Damage to filesystems in image files, and features in their superblocks that no kernel knows. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

export function overwrite(path: string, position: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

/** CRC-32C, by which XFS and ext4 check their superblocks. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return crc >>> 0;
}

/** Where XFS has the features without which a kernel must not mount it (sb_features_incompat). */
export const xfsIncompatible = 0xd8;

/** Sets a feature bit of XFS that no kernel knows, with a checksum that fits (xfs_dsb, fs/xfs/libxfs/xfs_format.h). */
export function unknownXfsFeature(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  const block = Buffer.alloc(512);
  readSync(file, block, 0, 512, 0);
  block.writeUInt32BE((block.readUInt32BE(offset) | 0x40000000) >>> 0, offset);
  block.writeUInt32LE(0, 0xe0);
  block.writeUInt32LE(~crc32c(block) >>> 0, 0xe0);
  writeSync(file, block, 0, 512, 0);
  closeSync(file);
}

/** The same of ext4 (ext4_super_block, fs/ext4/ext4.h). */
export function unknownExt4Feature(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  const block = Buffer.alloc(1024);
  readSync(file, block, 0, 1024, 1024);
  block.writeUInt32LE((block.readUInt32LE(offset) | 0x40000000) >>> 0, offset);
  block.writeUInt32LE(crc32c(block.subarray(0, 0x3fc)), 0x3fc);
  writeSync(file, block, 0, 1024, 1024);
  closeSync(file);
}

/** The same of both superblocks of a btrfs (btrfs_super_block, fs/btrfs/accessors.h). */
export function changeBtrfs(path: string, change: (block: Buffer) => void, checksumFits: boolean): void {
  const file = openSync(path, 'r+');
  for (const position of [0x10000, 0x4000000]) {
    const block = Buffer.alloc(4096);
    readSync(file, block, 0, 4096, position);
    change(block);
    if (checksumFits) block.writeUInt32LE(~crc32c(block.subarray(0x20)) >>> 0, 0);
    writeSync(file, block, 0, 4096, position);
  }
  closeSync(file);
}
export const unknownBtrfsFeature = (offset: number) => (path: string) =>
  changeBtrfs(path, (block) => void block.writeUInt8(block.readUInt8(offset + 4) | 0x40, offset + 4), true);
