/** Dumps of MongoDB on the server's own host, through SSM: mongodump is real, mongosh a stand-in (lab/hosts/mongodb/on-host.ts). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { putMongoOnSource, uriOnHost } from '../../lab/hosts/mongodb/on-host.ts';
import type { MongoServer } from '../../lab/hosts/mongodb/server.ts';
import { startContainer } from '../../lab/hosts/podman.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { mongodbSeed } from '../../lab/rehearsals/mongodb/seed.ts';
import { installPackages } from '../../scripts/lib/debian.ts';
import { killedWhen, leftOnHost, onHost, receiptOf } from './support-host-dumps.ts';
import { nothing, privileges } from './support-privileges.ts';

const minute = 60_000;
let lab: Lab;
let programs: { stop(): Promise<void> };

beforeAll(async () => {
  installPackages(['podman'], 'the test of dumps in a container');
  lab = await startLab({ seed: mongodbSeed(1) });
  programs = await putMongoOnSource(lab.hosts, lab.mongodb?.source as MongoServer);
}, 5 * minute);
afterAll(async () => {
  await programs?.stop();
  await lab?.stop();
}, 2 * minute);

const dump = (inputs: Record<string, string> = {}) =>
  lab.runWorkflow('test/scenario/workflows/dump-host-mongodb.yml', { event: 'workflow_dispatch', inputs });

const folder = '/var/backups/holdfast/mongo';

test(
  'all databases of a host are dumped and proven; the tarball unpacks as mongodump writes it, and the host keeps the proven ones',
  async () => {
    const shas: (string | undefined)[] = [];
    for (let round = 0; round < 2; round += 1) {
      const run = await dump();
      if (run.conclusion !== 'success') console.error(run.summary);
      const receipt = await receiptOf(lab, run);
      expect([receipt?.verdict, receipt?.place]).toEqual(['good', 'i-0a5be1d9c3f2e7a01']);
      expect(receipt?.proof.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
        'archive good',
        'anonymised good',
      ]);
      expect(receipt?.fingerprint.databases).toEqual(['crm', 'shop']);
      expect(receipt?.fingerprint.tables.find(({ name }) => name === 'crm.contacts')?.rows).toBe('2002');
      expect(Object.keys(receipt?.fingerprint.definitions ?? {})).toContain('INDEX crm.contacts "by mail"');
      expect(receipt?.files.map(({ key }) => key)).toEqual(['db/mongo.tar.gz', 'db/mongo.anon.tar.gz']);
      shas.push(receipt?.files.find((file) => file.kind === 'archive')?.sha256);
    }
    const sums = await onHost(lab, `cd ${folder} && sha256sum *.tar.gz | cut -d ' ' -f 1`);
    expect(sums.trim().split('\n')).toEqual(shas.slice(1));
    const files = await onHost(lab, `cd ${folder} && tar -tzf "$(ls *.tar.gz | tail -n 1)" | sort`);
    expect(files).toMatch(/^data\/db\/dump\/\d{4}-\d\d-\d\dT\d\d_\d\d\/crm\/contacts\.bson$/m);
    expect(files).not.toMatch(/admin|config/);
    expect(await leftOnHost(lab, folder)).toBe('');
  },
  5 * minute,
);

test(
  'chosen databases are dumped alone, with the URI of a file that only root can read; the others are named',
  async () => {
    await onHost(
      lab,
      `mkdir -p /etc/holdfast; umask 022; printf 'uri: "%s"\\n' '${uriOnHost}' >/etc/holdfast/mongodb.conf`,
    );
    const open = await dump({ databases: 'crm' });
    expect(open.conclusion).toBe('failure');
    expect(open.summary).toMatch(/others than root can read \/etc\/holdfast\/mongodb\.conf/);
    await onHost(lab, 'chmod 600 /etc/holdfast/mongodb.conf');
    const receipt = await receiptOf(lab, await dump({ databases: 'crm' }));
    expect(receipt?.verdict).toBe('good');
    expect(receipt?.fingerprint.databases).toEqual(['crm']);
    expect(receipt?.notes.join('\n')).toMatch(/not in this dump, and not excluded: 1 database \(shop\)/);
    await onHost(lab, `printf 'uri: mongodb://localhost:27017/crm\\n' >/etc/holdfast/mongodb.conf`);
    const named = await dump();
    expect(named.summary).toMatch(/names a database; leave it out/);
    await onHost(lab, 'rm /etc/holdfast/mongodb.conf');
    expect(await leftOnHost(lab, folder)).toBe('');
  },
  4 * minute,
);

test(
  'a dump that lacks a document is not good; without mongosh a dump is made, and unproven with the reason',
  async () => {
    await onHost(lab, 'mv /usr/local/bin/mongosh /usr/local/bin/mongosh.away');
    const run = await dump();
    await onHost(lab, 'mv /usr/local/bin/mongosh.away /usr/local/bin/mongosh');
    const receipt = await receiptOf(lab, run);
    expect(receipt?.verdict).toBe('unproven');
    expect(receipt?.proof.flatMap(({ findings }) => findings).join('\n')).toMatch(/mongosh/);
    expect(receipt?.files).toHaveLength(2);
    // mongodump that loses a document: the reading of the source says otherwise.
    await onHost(
      lab,
      `mv /usr/local/bin/mongodump /usr/local/bin/mongodump.real
cat >/usr/local/bin/mongodump <<'TOOL'
#!/bin/bash
if [ "$1" = --version ]; then exec /usr/local/bin/mongodump.real --version; fi
{ printf '%s\\n' "$@"; env; } >/root/mongodump.words
/usr/local/bin/mongodump.real "$@" || exit
for one; do case "$one" in --out=*) : >"\${one#*=}/crm/contacts.bson" ;; esac; done
TOOL
chmod 755 /usr/local/bin/mongodump`,
    );
    const lossy = await dump();
    await onHost(lab, 'mv /usr/local/bin/mongodump.real /usr/local/bin/mongodump');
    // Nobody can tell it from a change that was taken back meanwhile, here as on the runner.
    const doubtful = await receiptOf(lab, lossy);
    expect(await onHost(lab, 'cat /root/mongodump.words')).toMatch(/^--config=\/dev\/stdin$/m);
    expect(await onHost(lab, 'cat /root/mongodump.words')).not.toContain('mongodb://');
    expect(doubtful?.proof.flatMap(({ kind, findings }) => findings.map((one) => `${kind}: ${one}`))).toEqual([
      expect.stringMatching(/^archive: documents of crm\.contacts in the dump/),
      'archive: 16 of 17 figures are the same',
    ]);
    expect(doubtful?.verdict).toBe('unproven');
    expect(await leftOnHost(lab, folder)).toBe('');
  },
  5 * minute,
);

test(
  'a container of the host dumps with its own tools; what a killed run left there ends with the next',
  async () => {
    await startContainer(lab.hosts, 'mongo');
    const run = await dump({ container: 'mongo' });
    if (run.conclusion !== 'success') console.error(run.summary);
    const receipt = await receiptOf(lab, run);
    expect([receipt?.verdict, receipt?.place]).toEqual(['good', 'the container mongo of i-0a5be1d9c3f2e7a01']);
    // mongodump that does not come to its end.
    await onHost(
      lab,
      `podman exec mongo mv /usr/local/bin/mongodump /usr/local/bin/mongodump.real
podman exec --interactive mongo sh -c 'cat >/usr/local/bin/mongodump; chmod 755 /usr/local/bin/mongodump' <<'TOOL'
#!/bin/bash
if [ "$1" = --version ]; then exec /usr/local/bin/mongodump.real --version; fi
exec sleep 86399
TOOL`,
    );
    const inContainer = (): Promise<string> =>
      onHost(
        lab,
        `podman exec mongo bash -c 'pgrep -c -f "[s]leep 86399"; ls /tmp | grep -cE "^holdfast-[0-9]+-[0-9]-mongo(-[0-9a-f]{8})?$"; true'`,
      );
    await killedWhen(
      lab,
      async () => (await inContainer()).startsWith('1'),
      () => dump({ container: 'mongo' }),
    );
    expect(await inContainer()).toBe('1\n1\n');
    await onHost(lab, 'podman exec mongo mv /usr/local/bin/mongodump.real /usr/local/bin/mongodump');
    expect((await receiptOf(lab, await dump({ container: 'mongo' })))?.verdict).toBe('good');
    expect(await inContainer()).toBe('0\n0\n');
    expect(await leftOnHost(lab, folder)).toBe('');
    await onHost(lab, 'podman rm --force --time 0 mongo');
  },
  5 * minute,
);

test(
  'the runs need what the evidence says, and nothing is judged differently',
  async () => {
    expect(await privileges(lab, 'mongodb-host')).toEqual(nothing);
  },
  minute,
);
