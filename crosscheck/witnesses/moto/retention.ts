/** Ten weeks of ebs-rotate: the first of a week and of a month stay longer, and each is deleted on its day, in both regions. */
import { CreateTagsCommand, DescribeSnapshotsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { decided, runRotation, told } from './rotate-bundle.ts';
import type { Side } from './side.ts';

const retention = '2d 2w 2m';
const day = 86_400;
const regions = ['us-east-1', 'eu-west-1'];
/** The days on which it runs, from the first Monday of a month, and of which days snapshots are held then. */
const calendar: readonly (readonly [number, readonly number[]])[] = [
  [0, [0]],
  [1, [0, 1]],
  // Both have had their two days; the first of the month stays.
  [9, [0, 9]],
  // The first of its week has had its two weeks.
  [37, [0, 37]],
  [70, [37, 70]],
];
/** The day on which a dry run is asked first. */
const planned = 37;

export type Move = (seconds: number) => void;

/**
 * Notes for each day and region what a run says and does, and what is held then; on the last day also what one more run does.
 * @param move sets the time of the side, in seconds from the computer's
 * @throws Error when a side holds other sets than the retention says
 */
export async function retain(side: Side, move: Move): Promise<void> {
  const first = firstMonday();
  const Tags = [
    { Key: 'Retention', Value: retention },
    { Key: 'Copy_Dest', Value: 'eu-west-1' },
  ];
  await side.ec2.send(new CreateTagsCommand({ Resources: [side.world.instanceId], Tags }));
  let run = 0;
  const rotate = async (step: string, days: number, inputs: Readonly<Record<string, string>> = {}): Promise<void> => {
    for (const region of regions) {
      run += 1;
      const movedSeconds = Math.round((first.getTime() - Date.now()) / 1000) + days * day + run * 60;
      move(movedSeconds);
      const ended = await runRotation(side, { run, movedSeconds, inputs: { ...inputs, 'aws-region': region } });
      side.settle();
      const { plan = '', created, copied, expired } = ended.outputs;
      side.note(`${step} in ${region}`, { created, copied, expired, ...decided(plan), summary: told(ended.summary) });
    }
  };
  for (const [days, expected] of calendar) {
    if (days === planned) await rotate(`plan of day ${days}`, days, { 'dry-run': 'true' });
    await rotate(`day ${days}`, days);
    await held(side, `day ${days}`, first, expected);
  }
  const [last = 0, expected = []] = calendar.at(-1) ?? [];
  await rotate('again', last);
  await held(side, 'the second run', first, expected);
}

/** Noon of the first Monday of a month that is yet to come. */
function firstMonday(): Date {
  const now = new Date();
  const noon = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 12));
  while (noon.getUTCDay() !== 1) noon.setUTCDate(noon.getUTCDate() + 1);
  return noon;
}

async function held(side: Side, after: string, first: Date, expected: readonly number[]): Promise<void> {
  for (const [name, client] of Object.entries({ primaries: side.ec2, copies: side.far })) {
    const sets = await heldSets(client, first);
    const days = [...new Set(sets.map(([of]) => of))];
    side.note(`${name} after ${after}`, { sets });
    if (String(days) !== String(expected))
      throw new Error(
        `after ${after}, ${side.settings.endpoint} holds ${name} of the days ${days}, not of ${expected}`,
      );
  }
}

/** Each snapshot that is held, by the day on which it began, with its size and the date on which it is due. */
async function heldSets(client: EC2Client, first: Date): Promise<[number, number | undefined, string | undefined][]> {
  const Filters = [{ Name: 'tag:Type', Values: ['Automated'] }];
  const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters }));
  return Snapshots.map(({ StartTime, VolumeSize, Tags = [] }): [number, number | undefined, string | undefined] => [
    Math.floor(((StartTime?.getTime() ?? 0) - first.getTime()) / 1000 / day + 0.5),
    VolumeSize,
    Tags.find(({ Key }) => Key === 'DeleteOn')?.Value,
  ]).sort(([one, small = 0], [other, large = 0]) => one - other || small - large);
}
