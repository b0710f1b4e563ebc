/** The files of a release: the template, what the bundles are made of, and the hashes of everything. The same commit gives the same bytes. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const templateName = 'holdfast.yml';
const billName = 'holdfast.cdx.json';
const sumsName = 'SHA256SUMS';

export interface AssetsOptions {
  /** The repository. */
  readonly root: string;
  readonly tag: string;
  readonly hash: string;
  /** When the commit came to be, in seconds since 1970. */
  readonly at: number;
}

/** Files by name. */
export function releaseAssets(options: AssetsOptions): Map<string, Buffer> {
  const { root } = options;
  const files = new Map([
    [templateName, readFileSync(join(root, 'infra', 'holdfast.yml'))],
    [billName, billOfMaterials(options)],
  ]);
  const bundles = readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''))
    .sort();
  const hashed = [...files, ...bundles.map((path) => [path, readFileSync(join(root, path))] as const)];
  const sums = hashed.map(([name, content]) => `${sha256(content)}  ${name}\n`).join('');
  return new Map([...files, [sumsName, Buffer.from(sums)]]);
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** CycloneDX, made by npm of the lock file, without what is needed for development only. */
function billOfMaterials({ root, tag, hash, at }: AssetsOptions): Buffer {
  const parameters = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev', '--omit=optional'];
  const text = execFileSync('npm', parameters, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const bill = JSON.parse(text) as { metadata: { component: object } };
  const serial = sha256(Buffer.from(`${tag} ${hash}`));
  // A UUID of version 8: of a form of one's own (RFC 9562, section 5.8).
  const uuid = serial.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  return Buffer.from(
    `${JSON.stringify(
      {
        ...bill,
        // npm's are random, and of the moment.
        serialNumber: `urn:uuid:${uuid}`,
        metadata: {
          ...bill.metadata,
          timestamp: new Date(at * 1000).toISOString(),
          component: { ...bill.metadata.component, name: 'holdfast', version: tag },
        },
      },
      null,
      2,
    )}\n`,
  );
}
