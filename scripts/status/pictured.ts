/** The page of which the README has pictures. */
import { createHash } from 'node:crypto';
import { pageModel } from '../../src/watch/page/model/model.ts';
import { renderPage } from '../../src/watch/page/render/page.ts';
import { exampleInput } from './example.ts';
import { exampleSources } from './example-sources.ts';

/** Beside the pictures: the SHA-256 of the page that they show. A test compares it, so that they do not grow old unseen. */
export const picturedHashFile = 'docs/pictures/status.sha256';

export function picturedPage(): string {
  // One source in trouble leaves room for the others.
  const sources = exampleSources.filter(({ source }) => source !== 'billing.prod');
  return renderPage(pageModel(exampleInput(new Date('2026-11-27T03:12:00Z'), sources)));
}

export function picturedHash(): string {
  return `${createHash('sha256').update(picturedPage()).digest('hex')}\n`;
}
