/** The files that are handed over, and the manifest with their SHA-256; all three in the form of `sha256sum`, for an attestation. */
import { createHash } from 'node:crypto';
import type { Evidence } from './document.ts';
import { renderEvidence } from './render/html.ts';

export interface BundleFile {
  readonly name: 'evidence.html' | 'evidence.json' | 'manifest.json' | 'SHA256SUMS';
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
      sha256: sha256(text),
    })),
  };
  const all: readonly BundleFile[] = [
    ...files,
    { name: 'manifest.json', text: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
  return [...all, { name: 'SHA256SUMS', text: all.map(({ name, text }) => `${sha256(text)}  ${name}\n`).join('') }];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
