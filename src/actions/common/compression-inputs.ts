/** The input `compression-level` of the actions that compress. */
import { type Compression, defaultLevels, highestLevels } from '../../runtime/compression/format.ts';
import { type InputDefinition, parsed, Refused, type TextOf } from '../../runtime/inputs.ts';

/**
 * Without a level, it is the one that gives most for its time.
 * @param compressionOf tells from the other inputs what is compressed with
 */
export function compressionLevel(
  description: string,
  compressionOf: (textOf: TextOf) => Compression,
): InputDefinition<number> {
  return parsed({
    description: `${description} Default: ${defaultLevels.gzip} of gzip, ${defaultLevels.zstd} of Zstandard.`,
    allowed: `a whole number, 1 to ${highestLevels.gzip} of gzip, 1 to ${highestLevels.zstd} of Zstandard`,
    parse: (level, textOf) => {
      const compression = compressionOf(textOf);
      if (level === '') return defaultLevels[compression];
      const highest = highestLevels[compression] || highestLevels.zstd;
      if (!/^\d{1,2}$/.test(level) || Number(level) < 1) throw new Refused('');
      if (Number(level) > highest) throw new Refused(`"${level}" is not allowed for ${compression}`);
      return Number(level);
    },
  });
}
