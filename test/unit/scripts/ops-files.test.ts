/** The examples for hosts and Kubernetes agree with the image and with the inputs of db-dump. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { optionNames, variableOf, variables } from '../../../scripts/lib/dump-step.ts';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';

const read = (name: string): string => readFileSync(`ops/${name}`, 'utf8');
const dockerfile = read('Dockerfile');
const [, user = ''] = /^USER (\d+):\1$/m.exec(dockerfile) ?? [];

/** Those that every dump of a database needs, and the region that all commands share. */
const required = [
  ...Object.entries(inputs.definitions)
    .filter(([name, { required }]) => required && name !== 'aws-region')
    .map(([name]) => variableOf(name)),
  'HOLDFAST_REGION',
  'HOLDFAST_DATABASE_URL',
  'HOLDFAST_SCRATCH_URL',
];

function expectSettings(names: readonly string[]): void {
  const known = [...variables, 'HOLDFAST_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
  expect(required.filter((name) => !names.includes(name))).toEqual([]);
}

describe('the CronJob', () => {
  const pod = parse(read('cronjob.yaml')).spec.jobTemplate.spec.template.spec;
  const [container] = pod.containers;

  test('runs as the user of the image, with nothing writable but its folder', () => {
    const id = Number(user);
    expect(id).toBeGreaterThan(0);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: id, runAsGroup: id, fsGroup: id });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts).toEqual([{ name: 'work', mountPath: '/work' }]);
    expect(dockerfile).toMatch(/^WORKDIR \/work$/m);
  });

  test('dumps with settings that exist, its secrets from a secret', () => {
    const names = container.env.map(({ name }: { name: string }) => name);
    expectSettings(names);
    const plain = container.env.filter((one: { value?: string }) => one.value !== undefined);
    const options = ['HOLDFAST_REGION', ...optionNames.map(variableOf)];
    const secret = plain.filter(({ name }: { name: string }) => !options.includes(name));
    // The password of a server that only this pod reaches, and that holds nothing else.
    expect(secret).toEqual([{ name: 'HOLDFAST_SCRATCH_URL', value: expect.stringContaining('@127.0.0.1:5432/') }]);
    expect(pod.initContainers).toEqual([
      expect.objectContaining({ restartPolicy: 'Always', args: ['-c', 'listen_addresses=127.0.0.1'] }),
    ]);
    expect(container.args).toEqual(['holdfast', 'dump']);
  });
});

describe('on a host', () => {
  const service = read('systemd/holdfast-dump.service');

  test('the settings exist', () => {
    const names = [...read('ops.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expectSettings(names);
  });

  test('the unit runs the image without rights, with the folder that the image writes to', () => {
    expect(service).toMatch(/^ExecStart=.*\n(?: .*\n)* .*\$\{IMAGE\} holdfast dump$/m);
    for (const word of ['--rm', '--read-only', '--cap-drop=all', '--security-opt=no-new-privileges'])
      expect(service).toContain(word);
    expect(service).toMatch(/--volume=\S+:\/work /);
    expect(read('systemd/holdfast-dump.timer')).toMatch(/^OnCalendar=(?!.*:00:00)/m);
  });
});

test('every command of the page for docker runs with a read-only root and the folder', () => {
  const blocks = [...read('README.md').matchAll(/^docker run (?:.*\\\n)*.*$/gm)].map(([text]) => text);
  expect(blocks.length).toBeGreaterThan(2);
  const folder = '--volume /var/backups/holdfast:/work';
  expect(blocks.filter((text) => !text.includes(' --read-only ') || !text.includes(folder))).toEqual([]);
  const called = blocks.flatMap((text) => text.match(/holdfast (\w+)(?= |$)(?!\/)/g) ?? []);
  expect(called).toEqual(expect.arrayContaining(['holdfast dump', 'holdfast restore', 'holdfast anonymize']));
});

test('every example names the image as the release publishes it', () => {
  const workflow = readFileSync('.github/workflows/ops-image.yml', 'utf8');
  expect(workflow).toMatch(/"ghcr\.io\/\$\{GITHUB_REPOSITORY,,\}\/ops/);
  for (const name of ['README.md', 'cronjob.yaml', 'systemd/holdfast-dump.service']) {
    const images = read(name).match(/ghcr\.io\/[^\s`"]*@[^\s`"]+/g) ?? [];
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter((one) => !/^ghcr\.io\/OWNER\/holdfast\/ops@sha256:DIGEST[,.]?$/.test(one))).toEqual([]);
  }
});
