/** The actions of this repository, for the build and the generators. */
import { fileURLToPath } from 'node:url';
import * as anonymize from '../../src/actions/anonymize/inputs.ts';
import * as dbDump from '../../src/actions/db-dump/inputs.ts';
import * as doctor from '../../src/actions/doctor/inputs.ts';
import * as ebsRotate from '../../src/actions/ebs-rotate/inputs.ts';
import * as evidence from '../../src/actions/evidence/inputs.ts';
import * as ibSnapshot from '../../src/actions/ib-snapshot/inputs.ts';
import * as patrol from '../../src/actions/patrol/inputs.ts';
import * as verifyVolume from '../../src/actions/verify-volume/inputs.ts';
import * as watchdog from '../../src/actions/watchdog/inputs.ts';
import type { InputDefinition, OutputDefinition } from '../../src/runtime/inputs.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, InputDefinition<unknown>>>;
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
  /** Whether the action has a post step. */
  readonly post: boolean;
  /** GitHub's marketplace icon (Feather) and colour. */
  readonly branding: { readonly icon: string; readonly color: string };
  /** What its job needs beside `usualPermissions`, with the reason. */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** What the job of every action needs of its token, and why. */
export const usualPermissions: Readonly<Record<string, string>> = {
  'id-token: write': "assuming the role with the job's own token; not with `role-from: keys`",
  'issues: write': 'keeping one issue while something fails; without it the run says so and goes on',
};

const over = 'finding out whether the run that left something behind is over';

export const actions: readonly Action[] = [
  {
    name: 'ib-snapshot',
    description: ibSnapshot.description,
    inputs: ibSnapshot.inputs.definitions,
    outputs: ibSnapshot.outputs,
    post: true,
    permissions: {
      'actions: read': over,
      'contents: read': 'checking out your repository, when you use `checks-file`',
    },
    branding: { icon: 'camera', color: 'blue' },
  },
  {
    name: 'verify-volume',
    description: verifyVolume.description,
    inputs: verifyVolume.inputs.definitions,
    outputs: verifyVolume.outputs,
    post: true,
    permissions: { 'actions: read': over },
    branding: { icon: 'check-circle', color: 'green' },
  },
  {
    name: 'ebs-rotate',
    description: ebsRotate.description,
    inputs: ebsRotate.inputs.definitions,
    outputs: ebsRotate.outputs,
    post: true,
    permissions: { 'actions: read': `${over}; asking for the runs of \`wait-for\`` },
    branding: { icon: 'refresh-cw', color: 'purple' },
  },
  {
    name: 'db-dump',
    description: dbDump.description,
    inputs: dbDump.inputs.definitions,
    outputs: dbDump.outputs,
    post: false,
    permissions: {
      'actions: read': over,
      'contents: read': 'checking out your repository, when you use `rules`',
    },
    branding: { icon: 'database', color: 'orange' },
  },
  {
    name: 'anonymize',
    description: anonymize.description,
    inputs: anonymize.inputs.definitions,
    outputs: anonymize.outputs,
    post: false,
    permissions: { 'contents: read': 'checking out your repository, for the rules file' },
    branding: { icon: 'user-x', color: 'gray-dark' },
  },
  {
    name: 'doctor',
    description: doctor.description,
    inputs: doctor.inputs.definitions,
    outputs: doctor.outputs,
    post: false,
    permissions: {
      'id-token: write': "sending the job's own token to each role",
      'contents: read': 'reading which workflows run Holdfast',
      'actions: read': 'reading whether schedules are enabled, and when they last ran',
      'issues: write': 'keeping one issue while something is broken; no permission is tried by writing',
    },
    branding: { icon: 'heart', color: 'red' },
  },
  {
    name: 'patrol',
    description: patrol.description,
    inputs: patrol.inputs.definitions,
    outputs: patrol.outputs,
    post: false,
    branding: { icon: 'eye', color: 'yellow' },
  },
  {
    name: 'watchdog',
    description: watchdog.description,
    inputs: watchdog.inputs.definitions,
    outputs: watchdog.outputs,
    post: false,
    permissions: {
      'issues: write': 'keeping one issue for each source and failure',
      'contents: read': 'reading the schedules in workflow files',
      'actions: read': 'reading whether workflows are enabled',
    },
    branding: { icon: 'clock', color: 'yellow' },
  },
  {
    name: 'evidence',
    description: evidence.description,
    inputs: evidence.inputs.definitions,
    outputs: evidence.outputs,
    post: false,
    permissions: {
      'contents: read': 'reading which commits changed retention',
      'actions: read': 'counting the runs of workflows',
    },
    branding: { icon: 'file-text', color: 'blue' },
  },
];

/** What is bundled: one folder of dist/ for each entry. */
export function bundles(): { name: string; entry: string }[] {
  return [
    ...actions.flatMap(({ name, post }) => [
      { name, entry: `actions/${name}/main.js` },
      ...(post ? [{ name: `${name}-post`, entry: `actions/${name}/post.js` }] : []),
    ]),
    // What the threads of anonymize and db-dump run.
    { name: 'rewrite-rows', entry: 'anonymize/threads/entry.js' },
  ];
}
