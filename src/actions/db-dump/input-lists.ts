/** Inputs of db-dump that are lists, or whose words depend on the engine. */
import type { DumpFileKind } from '../../domain/dump.ts';
import { type ArchiveFormat, archiveFormats, fileKinds, fileKindsOf } from '../../dump/files.ts';
import { Refused, type TextOf } from '../../runtime/inputs.ts';
import { engineOf } from './connections.ts';

/**
 * Parses a list of files; `none` is the empty list, and an empty one has every file that the engine makes.
 * @throws Refused
 */
export function parseKinds(list: string, textOf: TextOf): readonly DumpFileKind[] {
  const engine = engineOf(textOf);
  const kinds = fileKindsOf[engine];
  if (list === '') return kinds;
  const words = list === 'none' ? [] : list.split(/ +/);
  if (words.some((word) => !fileKinds.some((kind) => kind === word))) throw new Refused('');
  const others = words.filter((word) => !kinds.some((kind) => kind === word));
  if (others.length > 0)
    throw new Refused(`${others.join(', ')} is no file of the engine ${engine}, which makes ${kinds.join(' and ')}`);
  return fileKinds.filter((kind) => words.includes(kind));
}

/** @throws Refused */
export function parseFormat(format: string, textOf: TextOf): ArchiveFormat {
  const engine = engineOf(textOf);
  const formats: readonly ArchiveFormat[] = archiveFormats[engine];
  const found = format === '' ? formats[0] : formats.find((one) => one === format);
  if (found === undefined)
    throw new Refused(`"${format}" is no format of the engine ${engine}, which has ${formats.join(' and ')}`);
  return found;
}

/** @param pattern of each word @throws Refused */
export function parseWords(list: string, pattern: RegExp): readonly string[] {
  const words = list === '' ? [] : list.split(/\s+/);
  const [wrong] = words.filter((word) => !pattern.test(word));
  if (wrong !== undefined) throw new Refused(`"${wrong}" is not allowed`);
  return words;
}
