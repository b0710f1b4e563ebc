/** The stack, and the SSM documents of each region that is used. */
import type { Finding } from '../../domain/finding.ts';
import type { DocumentReading, Inventory, RegionReadings } from '../inventory.ts';
import { deployCommand, documentsCommand } from '../mends.ts';
import { judge } from '../reading.ts';

const area = 'Stack';

export function stackFindings(inventory: Inventory): readonly Finding[] {
  return [...stack(inventory), ...inventory.regions.flatMap((region) => documents(region, inventory))];
}

function stack(inventory: Inventory): readonly Finding[] {
  const { stack: reading, stackName, environment } = inventory;
  const { region } = environment;
  const about = { area, subject: `stack ${stackName} in ${region}`, should: 'deployed, its last change complete' };
  return judge(about, reading, (found) => {
    if (found === undefined)
      return [
        {
          ...about,
          status: 'failed',
          is: 'there is no such stack in this region',
          fix: deployCommand(inventory),
        },
      ];
    const { status, statusReason } = found;
    const is = statusReason === '' ? status : `${status}: ${statusReason}`;
    if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return [{ ...about, status: 'ok', is }];
    const events = `aws cloudformation describe-stack-events --stack-name ${stackName} --region ${region}`;
    // An update that was taken back left the stack as it was: it works, and is not what somebody wanted.
    if (/^UPDATE_ROLLBACK_COMPLETE$|_IN_PROGRESS$/.test(status))
      return [{ ...about, status: 'warning', is, fix: events }];
    return [{ ...about, status: 'failed', is, fix: `${events}; then ${deployCommand(inventory)}` }];
  });
}

function documents(region: RegionReadings, inventory: Inventory): readonly Finding[] {
  const { environment, stackName } = inventory;
  const [first] = region.documents;
  if (first === undefined) return [];
  const about = {
    area,
    subject: `SSM documents in ${region.name}`,
    should: "exist, active, and run this release's scripts",
  };
  // A further region has the documents only, and --region adds them; that of the stack itself is no further one.
  const further = region.name === environment.region ? [] : ['--region', region.name];
  const deploy = documentsCommand((...options) => deployCommand(inventory, ...further, ...options), first.prefix);
  const states = region.documents.map((one) => ({ name: one.name, state: stateOf(one) }));
  const named = (state: string): readonly string[] =>
    states.filter((one) => one.state === state).map(({ name }) => name);
  const unread = region.documents.find(({ document }) => 'reason' in document);
  const findings: Finding[] = [];
  if (unread && 'reason' in unread.document)
    findings.push({ ...about, status: 'not-checked', is: unread.document.reason });
  const missing = named('missing');
  if (missing.length > 0)
    findings.push({ ...about, status: 'failed', is: `missing: ${missing.join(', ')}`, fix: deploy });
  const inactive = named('inactive');
  if (inactive.length > 0)
    findings.push({
      ...about,
      status: 'failed',
      is: `not active: ${inactive.join(', ')}`,
      fix: `aws cloudformation describe-stack-events --stack-name ${stackName} --region ${region.name}`,
    });
  const other = named('other');
  if (other.length > 0)
    findings.push({ ...about, status: 'warning', is: `of another release: ${other.join(', ')}`, fix: deploy });
  return findings.length > 0
    ? findings
    : [{ ...about, status: 'ok', is: `${states.length} documents of this release` }];
}

function stateOf({ document, expected }: DocumentReading): 'unread' | 'missing' | 'inactive' | 'other' | 'same' {
  if ('reason' in document) return 'unread';
  if (document.value === undefined) return 'missing';
  if (document.value.status !== 'Active') return 'inactive';
  return document.value.script.trimEnd() === expected.trimEnd() ? 'same' : 'other';
}
