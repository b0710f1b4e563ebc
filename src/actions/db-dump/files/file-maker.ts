/** Makes the files of a dump other than its archive, each from the archive: how depends on the engine. */
import type { AnonymizeReport } from '../../../anonymize/pipeline/anonymize.ts';
import type { AnonymisedChanges, DumpFileKind } from '../../../domain/dump.ts';
import type { ReadDefinitions } from '../../../dump/proof/describe.ts';
import type { ProofRequest } from '../../../dump/proof/proof.ts';
import type { DescribedFingerprint } from '../../../ports/dump-engine.ts';
import type { Upload } from '../../../ports/objects.ts';
import type { Settings } from '../inputs.ts';

export interface FileRequest {
  /** Path on the runner. */
  readonly archive: string;
  /** Upload of the plain file; undefined for none. */
  readonly plain: Upload | undefined;
  /** Upload of the anonymised file; undefined for none. */
  readonly anonymised: Upload | undefined;
  readonly settings: Pick<Settings, 'rules' | 'anonymizeKey' | 'compression' | 'compressionLevel'>;
  readonly signal: AbortSignal;
  /** Gets the bytes of content read so far, before compression. */
  readonly onProgress: (bytes: number) => void;
  /** Gets each file once all of it is written, with its bytes before compression. */
  readonly onComplete: (kind: DumpFileKind, bytes: number) => void;
}

/** The anonymised file as it was made. */
export interface AnonymisedFile {
  readonly report: AnonymizeReport;
  /** What the rules changed. */
  readonly changes: (source: DescribedFingerprint) => AnonymisedChanges;
  /** What its SQL must define; undefined for an engine whose files are not SQL. */
  readonly definitions?: ReadDefinitions | undefined;
}

/** What is known of an anonymised file when a restored copy of it is compared. */
export interface AnonymisedProof {
  readonly source: DescribedFingerprint;
  readonly changes: AnonymisedChanges;
  readonly definitions?: ReadDefinitions | undefined;
  /** Copy of a file of the same dump that holds all rows of the source, with the checksums of columns; undefined for none. */
  readonly copy: DescribedFingerprint | undefined;
}

export interface FileMaker {
  /**
   * Makes the files whose uploads are given; at least one is. The archive is read to its end.
   * @returns the anonymised file; undefined when there is none
   * @throws BackupError, ConfigurationError or DumpError when the content or the rules do not allow the anonymised file, or when
   * the archive is not whole
   */
  readonly make: (request: FileRequest) => Promise<AnonymisedFile | undefined>;
  /**
   * The definitions in a file of SQL, compressed as it is stored; undefined for an engine whose files are not SQL.
   * @throws the signal's reason; what else fails is in the answer
   */
  readonly definitionsIn?:
    | ((content: AsyncIterable<Buffer>, signal: AbortSignal) => Promise<ReadDefinitions>)
    | undefined;
  /** What a restored copy of the anonymised file is compared with. */
  readonly expected: (proof: AnonymisedProof) => Pick<ProofRequest, 'source' | 'anonymised' | 'notes'>;
}
