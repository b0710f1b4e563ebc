/** Colours for a terminal. */
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';

const styles = ['bold', 'dim', 'cyan', 'green', 'red', 'yellow'] as const;

/** A function for each style, which gives the text back as it is where colours are off. */
export type Paint = Readonly<Record<(typeof styles)[number], (text: string) => string>>;

/** Paints only where `colours` says so. */
export function paint(colours: boolean): Paint {
  const painters = styles.map((style) => [
    style,
    (text: string) => (colours && text !== '' ? styleText(style, text, { validateStream: false }) : text),
  ]);
  return Object.fromEntries(painters) as Paint;
}

/** Whether Node would write colours to this stream: a terminal, and neither NO_COLOR nor another setting against it. */
export function showsColours(stream: WriteStream): boolean {
  return styleText('bold', 'x', { stream }) !== 'x';
}

/** Columns that a text takes: colours none, emoji two, characters that combine with the one before none. */
export function visibleWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{Mn}|\u200d|\ufe0f/u.test(character)) continue;
    width += /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
  }
  return width;
}
