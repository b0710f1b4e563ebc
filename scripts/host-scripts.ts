/** Puts the host scripts together: the libraries a script names, then the script itself. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fingerprintScript, sequencesScript } from '../src/dump/engines/postgres/fingerprint/fingerprint.ts';
import {
  blockedScript,
  lockScript,
  prepareScript,
  withoutItsLocks,
} from '../src/dump/engines/postgres/snapshot/snapshot.ts';
import { catalogue, type HostScript } from '../src/host/catalogue/catalogue.ts';
import type { HostScriptDefinition } from '../src/host/catalogue/definition.ts';
import { root } from './lib/actions.ts';

/** The whole text that runs on a host. The SSM agent obeys the first line; without it, it would use dash. */
export function hostScriptText(name: HostScript): string {
  const folder = join(root, 'src', 'host', 'scripts');
  const libraries = catalogue[name].libraries.map((library) => {
    if (library === 'postgres-fingerprint') return postgresFingerprint();
    if (library === 'mongodb-fingerprint') return mongodbFingerprint();
    return readFileSync(join(folder, 'lib', `${library}.sh`), 'utf8');
  });
  const parts = [...libraries, readFileSync(join(folder, `${name}.sh`), 'utf8')];
  return `#!/bin/bash\n${presets(name)}${parts.join('\n')}`;
}

/** The text that hosts get. Its comments stay in `src/host/scripts`: an SSM document holds at most 64 KB. */
export function documentText(name: HostScript): string {
  return hostScriptText(name).replace(/^[ \t]*#(?!!).*\n/gm, '');
}

/** An agent may leave out a parameter that was not given, or give it as the document's default. */
function presets(name: HostScript): string {
  const { parameters }: HostScriptDefinition = catalogue[name];
  const lines = Object.entries(parameters).flatMap(([parameter, { default: preset }]) => {
    if (preset === undefined) return [];
    if (!/^[A-Za-z0-9_.-]*$/.test(preset)) throw new Error(`${name}: the default of ${parameter} needs quotes in Bash`);
    return [`SSM_${parameter}="\${SSM_${parameter}-${preset}}"\n`];
  });
  return lines.length === 0 ? '' : `# Parameters that were not given.\n${lines.join('')}`;
}

/** The SQL with which the runner, too, reads fingerprints. It is part of the script, so that a role that may start a dump cannot choose what runs. */
function postgresFingerprint(): string {
  const print = (name: string, sql: string): string => `${name}() {\n  cat <<'SQL'\n${sql}\nSQL\n}\n`;
  return [
    '# Print SQL of src/dump/engines/postgres: fingerprint/fingerprint.ts, and snapshot/snapshot.ts.',
    print('postgres_prepare', prepareScript),
    print('postgres_lock', lockScript),
    print('postgres_blocked', blockedScript(":'name'")),
    print('postgres_sequences_unlocked', withoutItsLocks(sequencesScript)),
    print('postgres_sequences', sequencesScript),
    print('postgres_fingerprint', fingerprintScript),
  ].join('\n');
}

/**
 * The program with which mongosh reads a server: the files of src/dump that the runner uses, too, without their types. It is one string of
 * JavaScript, which mongosh hands to Node as it is.
 */
function mongodbFingerprint(): string {
  const own = ['words', 'ordered', 'names', 'definitions', 'elements', 'document-sums', 'listing', 'host-reading'];
  const files = [
    'anonymize/bson/format/elements.ts',
    ...own.map((file) => `dump/engines/mongodb/fingerprint/${file}.ts`),
  ];
  const code = files.map((file) =>
    withoutModules(stripTypeScriptTypes(readFileSync(join(root, 'src', ...file.split('/')), 'utf8'))),
  );
  // What Node 16 lacks, which older mongosh have inside.
  const lacking = [
    'const hash = crypto.hash ?? ((name, data, encoding) => {',
    'const made = crypto.createHash(name).update(data);',
    "return encoding === 'buffer' ? made.digest() : made.digest(encoding);",
    '});',
    'const toSorted = function (compare) { return [...this].sort(compare); };',
    "if (!Array.prototype.toSorted) Object.defineProperty(Array.prototype, 'toSorted', { value: toSorted });",
  ].join('\n');
  const program = `(function (crypto) {\n${lacking}\n${code.join('\n')}\nreturn { inspectOnHost, readOnHost };\n})`;
  return [
    '# Prints the reader of src/dump/engines/mongodb/fingerprint.',
    'mongodb_reader() {',
    "  cat <<'JS'",
    `var reader = require('vm').runInThisContext(${JSON.stringify(program)})(require('crypto'));`,
    'JS',
    '}',
  ].join('\n');
}

/** Several modules in one scope: what they import from each other is there. Comments are left out, as those of the scripts. */
function withoutModules(code: string): string {
  return code
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export /gm, '')
    .replace(/^\s*(?:\/\*\*|\*|\/\/).*\n/gm, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{2,}/g, '\n');
}
