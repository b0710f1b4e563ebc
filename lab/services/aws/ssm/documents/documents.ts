/** The SSM documents of the account, each in one region, and those that are in all of them. */
import { createHash } from 'node:crypto';
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import type { DocumentContent } from './document.ts';

interface Stored {
  readonly content: DocumentContent;
  readonly version: number;
}

const pageSize = 10;

export class Documents {
  readonly #everywhere: ReadonlyMap<string, DocumentContent>;
  /** By region and name. */
  readonly #stored = new Map<string, Stored>();

  constructor(everywhere: Iterable<readonly [string, DocumentContent]>) {
    this.#everywhere = new Map(everywhere);
  }

  /** @throws LabAwsError for an unknown name */
  get(region: string, name: string): DocumentContent {
    return this.#find(region, name).content;
  }

  has(region: string, name: string): boolean {
    return this.#stored.has(`${region}/${name}`) || this.#everywhere.has(name);
  }

  /** @throws LabAwsError DocumentAlreadyExists */
  create(region: string, name: string, content: DocumentContent): void {
    if (this.has(region, name))
      throw new LabAwsError('DocumentAlreadyExists', `Document with same name ${name} already exists`);
    this.#stored.set(`${region}/${name}`, { content, version: 1 });
  }

  /** Makes a new version, which becomes the default one. @throws LabAwsError */
  update(region: string, name: string, content: DocumentContent): void {
    const { content: before, version } = this.#find(region, name);
    if (JSON.stringify(before) === JSON.stringify(content))
      throw new LabAwsError(
        'DuplicateDocumentContent',
        'The content of the association document matches another document.',
      );
    this.#stored.set(`${region}/${name}`, { content, version: version + 1 });
  }

  remove(region: string, name: string): void {
    this.#stored.delete(`${region}/${name}`);
  }

  describe(region: string, name: string) {
    const { content, version } = this.#find(region, name);
    return {
      Document: {
        Name: name,
        Status: 'Active',
        DocumentType: 'Command',
        DocumentFormat: 'JSON',
        SchemaVersion: content.schemaVersion,
        DocumentVersion: String(version),
        DefaultVersion: String(version),
        HashType: 'Sha256',
        Hash: createHash('sha256').update(JSON.stringify(content)).digest('hex'),
      },
    };
  }

  content(region: string, name: string) {
    const { content, version } = this.#find(region, name);
    return {
      Name: name,
      Status: 'Active',
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      DocumentVersion: String(version),
      Content: JSON.stringify(content),
    };
  }

  /** The lab knows one filter: `Owner`, as `Self`. */
  list(region: string, { NextToken, MaxResults }: Parameters) {
    const names = [...this.#stored.keys()]
      .filter((key) => key.startsWith(`${region}/`))
      .map((key) => key.slice(region.length + 1));
    const from = Number(NextToken ?? 0);
    const end = from + Number(MaxResults ?? pageSize);
    return {
      DocumentIdentifiers: names
        .slice(from, end)
        .map((Name) => ({ Name, DocumentType: 'Command', SchemaVersion: '2.2' })),
      ...(end < names.length ? { NextToken: String(end) } : {}),
    };
  }

  #find(region: string, name: string): Stored {
    const everywhere = this.#everywhere.get(name);
    const stored = this.#stored.get(`${region}/${name}`) ?? (everywhere && { content: everywhere, version: 1 });
    if (!stored) throw new LabAwsError('InvalidDocument', `Document with name ${name} does not exist.`);
    return stored;
  }
}
