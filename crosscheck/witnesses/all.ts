/** Every witness, in the order in which they are asked. A module is loaded when its turn comes: each brings libraries of its own. */
import type { Witness } from '../witness.ts';

export const witnesses: ReadonlyMap<string, () => Promise<Witness>> = new Map<string, () => Promise<Witness>>([
  ['aws-cli', async () => (await import('./aws-cli/index.ts')).awsCli],
  ['linters', async () => (await import('./linters/index.ts')).linters],
  ['postgresql', async () => (await import('./postgresql/index.ts')).postgresqlWitness],
  ['postgresql-regression', async () => (await import('./postgresql-regression/index.ts')).postgresqlRegression],
  ['mysql', async () => (await import('./mysql/index.ts')).mysqlWitness],
  ['mongodb', async () => (await import('./mongodb/index.ts')).mongodbWitness],
  ['wild-dumps', async () => (await import('./wild-dumps/index.ts')).wildDumpsWitness],
  ['s3-server', async () => (await import('./s3-server/index.ts')).s3Server],
  ['moto', async () => (await import('./moto/index.ts')).moto],
  ['iam', async () => (await import('./iam/index.ts')).iam],
  ['api-models', async () => (await import('./api-models/index.ts')).apiModels],
  ['monitoring', async () => (await import('./monitoring/index.ts')).monitoring],
  ['act', async () => (await import('./act/index.ts')).act],
  // Asks the others, so it comes last.
  ['faults', async () => (await import('./faults.ts')).faultsNoticed],
]);
