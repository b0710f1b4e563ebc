/** A run as it goes, line by line, with the time since it began. */
import type { RunnerLine } from '../../runner/job.ts';
import type { Paint } from './paint.ts';

/** Gives a function that turns the runner's lines into lines for the terminal; undefined for what is not shown. */
export function progressLines(paint: Paint, now: () => number = () => performance.now()) {
  const began = now();
  const stepBegan = new Map<string, number>();
  const elapsed = (since: number): string => `${((now() - since) / 1000).toFixed(1)} s`;
  return (line: RunnerLine): string | undefined => {
    const stamp = paint.dim(elapsed(began).padStart(8));
    const say = (text: string): string => `${stamp}  ${text}`;
    switch (line.kind) {
      case 'job':
        return `\n${say(paint.bold(`job ${line.job}${line.text === line.job ? '' : `: ${line.text}`}`))}`;
      case 'step':
        stepBegan.set(line.job, now());
        return say(`▸ ${paint.bold(line.text)}`);
      case 'end': {
        const good = line.text.endsWith(': success');
        const took = paint.dim(`(${elapsed(stepBegan.get(line.job) ?? began)})`);
        const name = line.text.replace(/: (success|failure|cancelled)$/, '');
        if (good) return say(`${paint.green('✓')} ${name} ${took}`);
        return say(`${paint.red('✗')} ${name}: ${line.text.slice(name.length + 2)} ${took}`);
      }
      case 'group':
        return say(`  ${paint.cyan(line.text)}`);
      case 'notice':
        return say(`  ${paint.cyan('note')} ${line.text}`);
      case 'warning':
        return say(`  ${paint.yellow('warning')} ${indented(line.text)}`);
      case 'error':
        return say(`  ${paint.red('error')} ${indented(line.text)}`);
      case 'debug':
        return undefined;
      case 'text':
        return line.text.trim() === '' ? undefined : say(`  ${indented(line.text)}`);
    }
  };
}

/** Further lines of one message stand under its first. */
function indented(text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(12)}`);
}
