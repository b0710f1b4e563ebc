/** AWS's API models, as botocore ships them, beside every request and answer that the suites exchanged with the lab. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonTools } from '../../../scripts/lib/tools.ts';
import { pinnedPython } from '../../lib/pinned.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { sentOperations, unheard } from './floor.ts';
import { judge } from './judge.ts';
import { known } from './known.ts';
import { readModels } from './model.ts';
import { recorded } from './recorded.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

const installed = (): string => pythonTools(join(here, 'install'));

export const apiModels: Witness = {
  name: 'api-models',
  compares:
    "every request that the suites sent to the lab, and every answer and error of the lab, with AWS's own description of EC2, S3, SSM, STS, IAM, CloudFormation, SNS and CloudTrail",
  known,
  counts: 'vary',
  async install() {
    installed();
    return pinnedPython(join(here, 'install'), 'botocore');
  },
  async run(points) {
    const [data] = globSync('../lib/python*/site-packages/botocore/data', { cwd: installed() });
    if (data === undefined) throw new Error('botocore was installed without its data');
    const models = readModels(join(installed(), data));
    const exchanges = recorded();
    points.compare(
      'operations that the adapters and the deployment send, and that no suite had answered',
      unheard(sentOperations(), exchanges),
      [],
    );
    const operations = new Set<string>();
    for (const { service, ...exchange } of exchanges) {
      const model = models.get(service);
      if (!model) continue;
      const { operation, request, answer } = judge(model, { service, ...exchange });
      operations.add(`${service}:${operation ?? exchange.operation}`);
      say(points, `${service} ${operation ?? exchange.operation} request`, request);
      say(points, `${service} ${operation ?? exchange.operation} answer`, answer);
    }
    console.log(`    ${exchanges.length} kinds of exchanges, of ${operations.size} operations`);
  },
};

const said = new Set<string>();

/** The same disagreement is said once, whenever it was. */
function say(points: Points, of: string, { right, wrong }: ReturnType<typeof judge>['request']): undefined {
  points.agree(right);
  for (const { path, expected, found } of wrong) {
    const point = `${of}: ${path}`;
    const timeless = found.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'YYYY-MM-DDThh:mm:ss.sssZ');
    const whole = JSON.stringify([point, timeless, expected]);
    if (said.has(whole)) continue;
    said.add(whole);
    points.differ(point, timeless, expected);
  }
}
