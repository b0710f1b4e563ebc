/** What a run over a dump of MongoDB needs. */
import type { Compression } from '../../../runtime/compression/format.ts';
import type { Sink } from '../../../runtime/compression/gzip.ts';
import type { DumpFormat } from './detect.ts';
import type { SessionOptions } from './session.ts';

export interface DumpSource {
  /** Opens the dump as it is stored, from its beginning. A tar file is read twice. */
  readonly open: () => AsyncIterable<Buffer>;
  /** Found out from the first bytes when it is not given. */
  readonly format?: DumpFormat | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AnonymizeDumpOptions extends DumpSource, SessionOptions {
  readonly sink: Sink;
  /** gzip by default. */
  readonly compression?: Compression | undefined;
  readonly level?: number | undefined;
  /** A folder with room for the largest collection: in a tar file, lengths come before bytes. */
  readonly folder: string;
  /** Called with the bytes read so far, decompressed. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}
