/** A real S3 server beside the lab's: the same requests to both, and db-dump with its proof on it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goTool } from '../../../scripts/lib/tools.ts';
import { dumpWhole } from '../../lib/dump-whole.ts';
import { talkingTo } from '../../lib/s3.ts';
import type { Witness } from '../../witness.ts';
import { Answers } from './answers.ts';
import { askCopies } from './copies.ts';
import { known } from './known.ts';
import { askPort } from './port.ts';
import { askRaw } from './raw.ts';
import { labSide, type Side, witnessSide } from './sides.ts';

let program = '';

export const s3Server: Witness = {
  name: 's3-server',
  compares:
    "What Holdfast's S3 adapter, hosts with presigned parts, and S3's own client get from the lab and from a real S3 server; a database dumped to that server by the bundle, proven, expired and restored.",
  known,
  async install() {
    const definition = fileURLToPath(new URL('install/versitygw', import.meta.url));
    program = join(await goTool(definition, 'github.com/versity/versitygw/cmd/versitygw'), 'versitygw');
    return 'versitygw 1.8.0';
  },
  async run(points) {
    const lab = await labSide();
    try {
      const witness = await witnessSide(program);
      try {
        Answers.compare(points, await answersOf(lab), await answersOf(witness));
        // What whole runs would find then has its cause in a single call.
        if (points.tally(false).unexplained.length > 0) return points.missed('a whole dump: single calls differ');
        await dumpWhole(witness, points);
      } finally {
        await witness.stop();
      }
    } finally {
      await lab.stop();
    }
  },
};

async function answersOf(side: Side): Promise<Answers> {
  const answers = new Answers();
  await talkingTo(side, () => askPort(side, answers));
  await askRaw(side, answers);
  await askCopies(side, answers);
  return answers;
}
