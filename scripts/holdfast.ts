/** The commands in the ops image (ops/README.md): `holdfast COMMAND`. From a checkout they are `npm run COMMAND`. */
import { version } from '../src/runtime/version.ts';

const usage = `holdfast COMMAND [options]

  dump         dump a database to S3, in files that are proven by restoring them
  restore      restore a dump from S3 into a database
  fetchdb      fetch the newest proven anonymised dump
  populatedb   load a fetched dump into a database
  anonymize    anonymise a plain dump, from file or pipe
  version      print the version

holdfast COMMAND --help has the options. pg_dump, psql, mariadb-dump, aws and jq are in this image too.
Exit status: 0 done, 1 failed, 2 wrong arguments.`;

/** Each runs as soon as it is loaded. */
const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  dump: () => import('./dump.ts'),
  restore: () => import('./restore.ts'),
  fetchdb: () => import('./fetchdb.ts'),
  populatedb: () => import('./populatedb.ts'),
  anonymize: () => import('./anonymize.ts'),
};

const [name = '--help'] = process.argv.splice(2, 1);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (load) await load();
else if (['--help', '-h', 'help'].includes(name)) console.log(usage);
else if (['version', '--version'].includes(name)) console.log(version);
else {
  console.error(`holdfast: there is no command ${name}; there are ${Object.keys(commands).join(', ')} and version`);
  process.exitCode = 2;
}
