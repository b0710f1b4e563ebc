/** Finds what a thread runs. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as util from 'node:util';

/** Beside the sources; a bundle has one of its own beside it, or, in the image of operators, below `dist`. */
const places = ['entry.ts', '../rewrite-rows/index.js', '../dist/rewrite-rows/index.js'];

/** This file as it runs: a bundler would put in place of `import.meta.url` where its source was. */
function ownFile(): string | undefined {
  const name = util.getCallSites?.(1)[0]?.scriptName;
  return name !== undefined && isAbsolute(name) ? pathToFileURL(name).href : name;
}

/** @param own file from which it is sought @returns undefined where a bundle was copied alone: then there are no other threads */
export function entryFile(own = ownFile()): URL | undefined {
  if (!own?.startsWith('file:')) return undefined;
  const fitting = own.endsWith('.ts') ? places.slice(0, 1) : places.slice(1);
  return fitting.map((place) => new URL(place, own)).find((url) => existsSync(url));
}
