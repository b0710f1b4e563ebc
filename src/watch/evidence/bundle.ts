/** The files that are handed over, and the manifest with their SHA-256. */
import { createHash } from 'node:crypto';
import type { Evidence } from './document.ts';
import { renderEvidence } from './render/html.ts';

export interface BundleFile {
  readonly name: 'evidence.html' | 'evidence.json' | 'manifest.json';
  readonly text: string;
}

/** The same files for the same evidence. */
export function bundleOf(evidence: Evidence): readonly BundleFile[] {
  const files: readonly BundleFile[] = [
    { name: 'evidence.html', text: renderEvidence(evidence) },
    { name: 'evidence.json', text: `${JSON.stringify(evidence, null, 2)}\n` },
  ];
  const manifest = {
    format: 'holdfast-evidence-manifest/1',
    period: evidence.period,
    madeAt: evidence.madeAt,
    files: files.map(({ name, text }) => ({
      name,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  };
  return [...files, { name: 'manifest.json', text: `${JSON.stringify(manifest, null, 2)}\n` }];
}
