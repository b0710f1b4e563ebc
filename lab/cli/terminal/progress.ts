/** Shows a run while it goes on: its lines, with the time since it began. */
import type { RunnerLine } from '../../runner/result.ts';
import type { Paint } from './paint.ts';

/** Gives a function that turns a line of the runner into one for the terminal; undefined for what is not shown. */
export function progressLines(paint: Paint, now: () => number = () => performance.now()) {
  const began = now();
  const stepBegan = new Map<string, number>();
  return (line: RunnerLine): string | undefined => {
    const time = paint.dim(elapsed(now() - began).padStart(8));
    const timed = (text: string): string => `${time}  ${text}`;
    switch (line.kind) {
      case 'job':
        return `\n${timed(paint.bold(`job ${line.job}${line.text === line.job ? '' : `: ${line.text}`}`))}`;
      case 'step':
        stepBegan.set(line.job, now());
        return timed(`▸ ${paint.bold(line.text)}`);
      case 'end':
        return timed(
          `${ended(line.text, paint)} ${paint.dim(`(${elapsed(now() - (stepBegan.get(line.job) ?? began))})`)}`,
        );
      case 'group':
        return timed(`  ${paint.cyan(line.text)}`);
      case 'notice':
        return timed(`  ${paint.cyan('note')} ${line.text}`);
      case 'warning':
        return timed(`  ${paint.yellow('warning')} ${indented(line.text)}`);
      case 'error':
        return timed(`  ${paint.red('error')} ${indented(line.text)}`);
      case 'debug':
        return undefined;
      case 'text':
        return line.text.trim() === '' ? undefined : timed(`  ${indented(line.text)}`);
    }
  };
}

/** Milliseconds as text: `1.2 s`. */
export function elapsed(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The line of a step that has ended, from `NAME: OUTCOME`: a sign, and the outcome unless it is success. */
function ended(text: string, paint: Paint): string {
  const [, name = text, outcome = ''] = /^(.*): (success|failure|cancelled)$/s.exec(text) ?? [];
  return outcome === 'success' ? `${paint.green('✓')} ${name}` : `${paint.red('✗')} ${name}: ${outcome}`;
}

/** Further lines of one message are aligned under its first. */
function indented(text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(12)}`);
}
