/** Findings that stay: mostly what is newer than the linter. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/actions.ts';
import { catalogue, hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';
import type { HostScriptDefinition } from '../../../src/host/catalogue/definition.ts';
import type { KnownDifference } from '../../points.ts';

const workflowSyntax = 'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax';
const contexts = 'https://docs.github.com/en/actions/reference/workflows-and-actions/contexts';
const shellcheck = 'https://www.shellcheck.net/wiki';
const metadata = 'https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax';

/** The line at which something is found. */
const line = (text: RegExp) => (ours: unknown) => typeof ours === 'string' && text.test(ours);

const scripts: readonly (HostScriptDefinition & { readonly name: string })[] = hostScriptNames.map((name) => ({
  ...catalogue[name],
  name,
}));
/** What a script is given: the parameters of its entry in the catalogue, and the id that the service of a lease hands on. */
const isGiven = ({ parameters, libraries }: HostScriptDefinition, variable: string): boolean =>
  (variable.startsWith('SSM_') && variable.slice('SSM_'.length) in parameters) ||
  (variable === 'lease_id' && libraries.includes('lease'));

/** Whether the file has the line; no file is a library that is generated. */
function has(file: string, text: unknown): boolean {
  const path = join(root, 'src', 'host', 'scripts', `${file}.sh`);
  return (
    existsSync(path) &&
    readFileSync(path, 'utf8')
      .split('\n')
      .some((one) => one.trim() === text)
  );
}

/** A variable of the script itself, or one in a line of a library, given to a script that runs more of the library than this one. */
function isSet(text: unknown, point: string): boolean {
  const [, name, variable = ''] = /scripts\/([\w-]+)\.sh: .*?\b(\w+) is referenced/.exec(point) ?? [];
  const script = scripts.find((one) => one.name === name);
  if (script === undefined) return false;
  if (isGiven(script, variable)) return true;
  const library = script.libraries.find((one) => has(`lib/${one}`, text));
  if (library === undefined || has(script.name, text)) return false;
  return scripts.some((one) => one.libraries.includes(library) && isGiven(one, variable));
}

export const known: readonly KnownDifference[] = [
  {
    point: /^actionlint: .*unexpected key "queue" for "concurrency" section/,
    rule: line(/^queue: max( #.*)?$/),
    right: 'Holdfast',
    why: 'actionlint does not know `concurrency.queue` yet, which keeps every waiting run.',
    source: workflowSyntax,
  },
  {
    point: /^actionlint: .*property "workflow_(repository|sha)" is not defined/,
    rule: line(/\bjob\.workflow_(repository|sha)\b/),
    right: 'Holdfast',
    why: 'actionlint does not know the repository and the commit of the file of a job in the context `job` yet.',
    source: contexts,
  },
  {
    point: 'action-validator: node24',
    rule: line(/: using: node24$/),
    right: 'Holdfast',
    why: 'action-validator does not know actions that run on Node 24.',
    source: metadata,
  },
  {
    point: 'action-validator: queue',
    rule: line(/: queue: max( #.*)?$/),
    right: 'Holdfast',
    why: 'action-validator does not know `concurrency.queue`.',
    source: workflowSyntax,
  },
  {
    point: 'action-validator: attestations',
    rule: line(/: attestations: write( #.*)?$/),
    right: 'Holdfast',
    why: 'action-validator does not know the permission `attestations`.',
    source: workflowSyntax,
  },
  {
    point: /^zizmor: .*title=overprovisioned-secrets/,
    right: 'Holdfast',
    why: 'zizmor reads a secret whose name is computed as all secrets; here the name is that of one database, chosen before a runner has the job, which gets it alone.',
    source: 'https://docs.zizmor.sh/audits/#overprovisioned-secrets',
  },
  {
    point: /^zizmor: .*title=unpinned-images/,
    right: 'both',
    why: 'The image of the service for restores is the choice of the caller, who may give a digest; a default names a series, whose corrections it is to get.',
    source: 'https://docs.zizmor.sh/audits/#unpinned-images',
  },
  {
    point: /^zizmor: .*status-page\.yml.*title=dangerous-triggers/,
    right: 'Holdfast',
    why: 'workflow_run is dangerous after runs of pull requests. The watchdog has none: it runs on a schedule or by hand, and only a page of the default branch is published.',
    source: 'https://docs.zizmor.sh/audits/#dangerous-triggers',
  },
  {
    point: /^hadolint: ops\/Dockerfile: .*DL3008/,
    right: 'both',
    why: 'Packages have no version in the Dockerfile: Debian removes an old one as soon as it mends it.',
    source: 'https://github.com/hadolint/hadolint/wiki/DL3008',
  },
  {
    point: /^hadolint: ops\/Dockerfile: .*DL4006/,
    right: 'both',
    why: 'The shell of the base image knows no pipefail; a pipe that fails hands on nothing, and the fingerprint that is then missing ends the build.',
    source: 'https://github.com/hadolint/hadolint/wiki/DL4006',
  },
  {
    point: /^actionlint: \.github\/workflows\/(mongodb-dump|restore)\.yml: .* SC1090:/,
    right: 'Holdfast',
    why: 'The file is one of the runner, whose path the step gets from it.',
    source: `${shellcheck}/SC1090`,
  },
  {
    point: /^shellcheck: src\/host\/scripts\/dump-finish\.sh: .*\[SC1091\]/,
    right: 'Holdfast',
    why: 'The file is written by the script that starts the dump.',
    source: `${shellcheck}/SC1091`,
  },
  {
    point: /^shellcheck: src\/host\/scripts\/\S+: .*\b(SSM_\w+|lease_id) is referenced but not assigned\b.*\[SC2154\]/,
    rule: (ours, _theirs, point) => isSet(ours, point),
    right: 'Holdfast',
    why: 'The parameters of a script are variables that the SSM agent sets; those of a service, of the script that has written it.',
    source: `${shellcheck}/SC2154`,
  },
  {
    point: /^shellcheck: src\/host\/scripts\/\S+: .*\[SC2(119|120)\]/,
    rule: line(/\bsql\b/),
    right: 'Holdfast',
    why: 'A function of a library takes options of the client, which some scripts give and others do not.',
    source: `${shellcheck}/SC2120`,
  },
  {
    point: /^shellcheck: src\/host\/scripts\/quiesce\.sh: .*\[SC2317\]/,
    right: 'Holdfast',
    why: 'What a library does after each table is nothing, unless another library says what.',
    source: `${shellcheck}/SC2317`,
  },
  {
    point: /^shellcheck: (src\/host\/scripts\/|docs\/restore-volume\.md)\S*: .*\[SC2016\]/,
    right: 'both',
    why: 'What is in single quotes is for another program: a shell in a container, awk, or the query language of `aws`; or it is the quote of a name in MySQL.',
    source: `${shellcheck}/SC2016`,
  },
  {
    point: /^shellcheck: docs\/restore-(mongodb|mysql|postgres)\.md: .*\[SC2046\]/,
    right: 'Holdfast',
    why: 'The program inside prints several options, which are to be words of their own.',
    source: `${shellcheck}/SC2046`,
  },
  {
    point: /^shellcheck: CONTRIBUTING\.md: .*\[SC2164\]/,
    right: 'Holdfast',
    why: 'The commands are typed one by one at a terminal, where nothing goes on behind a failure.',
    source: `${shellcheck}/SC2164`,
  },
];
