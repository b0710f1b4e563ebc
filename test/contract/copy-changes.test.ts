/** A copy that changes by itself on the verification host cannot be compared: its events run there too, where they are switched on. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { source, verification } from '../../lab/hosts/pair.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { allManners, proveBackup, takeBackup } from '../../lab/mutants/volumes/actions.ts';
import { type Rig, startRig } from '../../lab/mutants/volumes/rig.ts';

const statements = `CREATE DATABASE clock; CREATE TABLE clock.hands (id INT PRIMARY KEY, turns INT); INSERT INTO clock.hands VALUES (1, 0);
CREATE EVENT clock.tick ON SCHEDULE EVERY 1 SECOND DO UPDATE clock.hands SET turns = turns + 1;`;

let rig: Rig;
beforeAll(async () => {
  ensurePrerequisites();
  rig = await startRig(statements);
}, 120_000);
afterAll(() => rig?.stop(), 60_000);

/** As MySQL 8.0 has it by default. */
const switchOn = (id: string): Promise<string> => rig.run(id, "echo 'event_scheduler=ON' >>/etc/my-ib.cnf");

test('events that run on the copy keep it from being compared; they are named, and nothing is bad', async () => {
  const [manner] = allManners;
  if (manner === undefined) throw new Error('no backup can be taken');
  await switchOn(source.id);
  await rig.sql(source.id, 'SET GLOBAL event_scheduler = ON');
  const backup = await takeBackup(manner, rig.hosts, rig.compute);
  expect(await proveBackup(backup, rig.hosts, rig.compute)).toMatchObject({ verdict: 'good' });
  await switchOn(verification.id);
  const { verdict, obstacle } = await proveBackup(backup, rig.hosts, rig.compute);
  expect(verdict).toBe('unproven');
  expect(obstacle).toContain('event clock.tick');
  expect(obstacle).toContain('event_scheduler=OFF');
}, 120_000);
