/** Judges what innochecksum says of InnoDB's files. */
import type { CheckResult } from '../../domain/verification.ts';
import type { HostAnswer } from '../../host/catalogue/catalogue.ts';

export function judgePages(answer: HostAnswer<'check-pages'>, serverVersion: string): CheckResult {
  const name = 'page checksums';
  const { tool, checked, files, bytes, seconds, failed, unclear, notReached } = answer;
  if (!checked) {
    const why =
      tool === null
        ? 'innochecksum is not installed on this host'
        : `innochecksum is of version ${tool}, and the server of ${serverVersion}`;
    return { name, outcome: 'not-compared', detail: `${why}, so the pages of InnoDB's files were not checked` };
  }
  const lines = [...failed, ...unclear].map(({ path, pages, words }) => `${path}: ${pages.join(', ')} ${words}`);
  const output = lines.join('\n');
  const [first] = failed;
  if (first !== undefined) {
    const detail = `${failed.length} of ${files} files hold pages whose checksum is wrong, first ${first.path}: page ${first.pages.join(', ')}`;
    return { name, outcome: 'failed', detail, output };
  }
  const size = `${files} files of InnoDB, ${(bytes / 1024 ** 2).toFixed(1)} MiB in ${seconds.toFixed(1)} s`;
  if (notReached > 0) {
    const detail = `the time limit was over after ${size}; ${notReached} files were not checked; raise read-timeout`;
    return { name, outcome: 'unproven', detail, output };
  }
  const [doubt] = unclear;
  if (doubt !== undefined) {
    const detail = `innochecksum cannot read ${unclear.length} of ${size}, first ${doubt.path}: ${doubt.words}`;
    return { name, outcome: 'not-compared', detail, output };
  }
  if (files === 0) return { name, outcome: 'not-compared', detail: 'the copy holds no file of InnoDB' };
  return { name, outcome: 'passed', detail: `${size}: the checksum of every page is right` };
}
