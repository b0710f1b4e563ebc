/** Asks the hosts that jobs use what they have, through the documents that only read. */
import type { HostAnswer, HostParameters, HostScript } from '../../host/catalogue/catalogue.ts';
import type { Hosts } from '../../ports/hosts.ts';
import { explain, HostError } from '../../runtime/errors.ts';
import { instancesNamed } from '../checks/hosts.ts';
import type { HostProblem, HostReading, RegionReadings } from '../inventory.ts';
import { databasesOf } from '../jobs.ts';
import { type Reading, read, unread } from '../reading.ts';
import type { DoctorPorts } from './settings.ts';

type Variables = Readonly<Record<string, string>>;

const stopped = 'the instance is stopped';
/** Seconds an inspection may take. */
const inspectionSeconds = 120;

interface Configured {
  readonly variables: Variables;
  readonly region: string;
  readonly regions: readonly RegionReadings[];
  readonly documentPrefix: string;
}

export async function readHosts(
  { variables, region, regions, documentPrefix }: Configured,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<readonly HostReading[]> {
  const home = regions.find(({ name }) => name === region);
  const find = (idOrName: string): Reading<string> => {
    if (home === undefined || !('value' in home.instances)) return unread('instances could not be listed');
    const [instance, second] = instancesNamed(home.instances.value, idOrName);
    if (instance === undefined || second) return unread('no single instance has that id or name');
    return instance.state === 'running' ? read(instance.id) : unread(`the instance is ${instance.state}`);
  };
  const source = variables.HOLDFAST_IB_INSTANCE ?? '';
  const verification = variables.HOLDFAST_IB_VERIFY_INSTANCE ?? '';
  const databases = (databasesOf(variables.HOLDFAST_DATABASES) ?? []).filter(({ instance }) => instance);
  return [
    ...(source === ''
      ? []
      : [
          await inspect(
            `tools and volume of ${source}`,
            find(source),
            ports.hosts('HOLDFAST_BACKUP_ROLE', region, documentPrefix),
            signal,
            {
              script: 'inspect',
              parameters: {
                MountPoint: variables.HOLDFAST_IB_MOUNT_POINT || '/ibdata',
                Service: variables.HOLDFAST_IB_SERVICE || 'mysqld-ib',
                Socket: variables.HOLDFAST_IB_SOCKET || '/tmp/mysql-ib.sock',
                DefaultsFile: variables.HOLDFAST_IB_DEFAULTS_FILE ?? '',
              },
              judge: judgeSource,
            },
          ),
        ]),
    ...(verification === '' ? [] : [verificationHost(verification, find(verification))]),
    ...(await Promise.all(
      databases.map((one) =>
        inspect(
          `dump tools for ${one.source} on ${one.instance}`,
          find(one.instance ?? ''),
          ports.hosts('HOLDFAST_DUMP_ROLE', region, documentPrefix),
          signal,
          {
            script: 'dump-inspect',
            parameters: {
              Database: one.database ?? '',
              User: one['host-user'] || 'postgres',
              Port: String(one['host-port'] || 5432),
              Container: one.container ?? '',
              Folder: one['host-folder'] || '/var/backups/holdfast',
            },
            judge: ({ tools }: HostAnswer<'dump-inspect'>) => ({
              problems:
                tools.length > 0
                  ? []
                  : [
                      {
                        what: 'it has no pg_dump and psql',
                        fix: 'sudo apt-get install postgresql-client, or dump in the container',
                      },
                    ],
              has: tools.map(({ version, folder }) => `${version} in ${folder}`).join(', '),
            }),
          },
        ),
      ),
    )),
  ];
}

/** Nothing that only reads is among the documents of a verification host but the list of its disks. */
function verificationHost(name: string, instance: Reading<string>): HostReading {
  const reason = 'value' in instance ? 'a dry run of the backup inspects it' : instance.reason;
  const expected = 'value' in instance || reason === stopped;
  return { subject: `tools of ${name}`, problems: unread(reason), has: '', expected };
}

interface Inspection<S extends HostScript> {
  readonly script: S;
  readonly parameters: HostParameters<S>;
  readonly judge: (answer: HostAnswer<S>) => { readonly problems: readonly HostProblem[]; readonly has: string };
}

async function inspect<S extends HostScript>(
  subject: string,
  instance: Reading<string>,
  hosts: Hosts | undefined,
  signal: AbortSignal,
  { script, parameters, judge }: Inspection<S>,
): Promise<HostReading> {
  if (!('value' in instance)) return { subject, problems: instance, has: '' };
  if (hosts === undefined) return { subject, problems: unread(`no role may run ${script}`), has: '' };
  try {
    const { online, detail } = await hosts.reachable(instance.value);
    if (!online) return { subject, problems: unread(`it does not answer: ${detail}`), has: '' };
    const answer = await hosts.run(instance.value, { script, parameters, timeoutSeconds: inspectionSeconds }, signal);
    const { problems, has } = judge(answer);
    return { subject, problems: read(problems), has };
  } catch (error) {
    signal.throwIfAborted();
    const { what, fix } = explain(error);
    // What the host's own script says is a finding; what kept it from running is a reason.
    return { subject, problems: error instanceof HostError ? read([{ what, fix }]) : unread(what), has: '' };
  }
}

function judgeSource(answer: HostAnswer<'inspect'>) {
  const { mounted, isRoot, mountPoint, device, filesystem, answers, serviceState, serverVersion, hold } = answer;
  const problems: HostProblem[] = [];
  if (!mounted || isRoot)
    problems.push({
      what: `${mountPoint} is ${isRoot ? 'the root filesystem' : 'not mounted'}`,
      fix: 'gh variable set HOLDFAST_IB_MOUNT_POINT',
    });
  if (!answers && hold === null)
    problems.push({
      what: `its service is ${serviceState} and does not answer on the socket`,
      fix: 'on the host: sudo systemctl status mysqld-ib',
    });
  if (hold !== null) problems.push({ what: `it is quiesced by ${hold.run}`, fix: 'docs/runbook.md#held' });
  return { problems, has: `${filesystem} on ${device}, server ${serverVersion}` };
}
