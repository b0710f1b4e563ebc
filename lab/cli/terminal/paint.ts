/** Colour for a terminal, and none for anything else. */

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  cyan(text: string): string;
  green(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}

const controlStart = '\u001b';

/** Paints only where `colour` says so (a terminal, and NO_COLOR unset; see no-color.org). */
export function paint(colour: boolean): Paint {
  const with_ = (on: number, off: number) => (text: string) =>
    colour && text !== '' ? `${controlStart}[${on}m${text}${controlStart}[${off}m` : text;
  return {
    bold: with_(1, 22),
    dim: with_(2, 22),
    cyan: with_(36, 39),
    green: with_(32, 39),
    red: with_(31, 39),
    yellow: with_(33, 39),
  };
}

/** Columns a text takes: colour takes none, emoji two, what combines with the character before none. */
export function visibleWidth(text: string): number {
  let width = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with ESC
  for (const character of text.replace(/\u001b\[[0-9;]*m/g, '')) {
    if (/\p{Mn}|\u200d|\ufe0f/u.test(character)) continue;
    width += /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
  }
  return width;
}
