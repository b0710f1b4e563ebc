/** Versions of what is installed, from the files that say which. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/actions.ts';

/** @param folder with the requirements.txt by whose hashes it is installed @returns such as `moto 5.2.5` */
export function pinnedPython(folder: string, name: string): string {
  const lines = readFileSync(join(folder, 'requirements.txt'), 'utf8').split('\n');
  const version = lines.flatMap((line) =>
    line.startsWith(`${name}==`) ? (/==([^\s;\\]+)/.exec(line)?.[1] ?? []) : [],
  )[0];
  if (version === undefined) throw new Error(`${join(folder, 'requirements.txt')} has no ${name}`);
  return `${name} ${version}`;
}

/** Of a package of npm that is installed beside the project. @param name such as `@action-validator/core` */
export function installedVersion(name: string): string {
  const manifest = join(root, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}
