import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clip, code, fence, link, markdown, mermaid, oneLine, slack, tail } from '../../../src/report/render/escape.ts';
import { anyText } from '../../generators/any-text.ts';

/** Strings with what breaks markup more often than chance would have it. */
const nasty = fc
  .array(
    fc.oneof(
      anyText(),
      fc.constantFrom('`', '```', '~~~', '|', '\\', '\n', '\r\n', '<b>', '-->', '<!--', '@user', '*', '_', '[x](y)'),
      fc.constantFrom('\u001b[31m', '\u202e', '\ud800', '&lt;', '$x$', '#', '- ', ':', ';', '%%{init: {}}%%'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('plain text', () => {
  test('terminal codes and direction marks are gone, line breaks are one kind', () => {
    expect(oneLine('\u001b[1;31mred\u001b[0m\r\nnext\u202e \u0007')).toBe('red next');
  });

  test('cutting keeps whole characters and says that it cut', () => {
    expect(clip('😀😀😀', 2)).toBe('😀…');
    expect(clip('abc', 3)).toBe('abc');
    expect(tail('first\nsecond\nthe third line', 16)).toBe('(13 characters before this are left out)\nthe third line');
    expect(tail('short', 8)).toBe('short');
  });
});

describe('Markdown', () => {
  test('what reads as markup is shown as it is', () => {
    expect(markdown('a|b *c* `d` <img src=x> [e](f)')).toBe(
      'a&#124;b \\*c\\* &#96;d&#96; &lt;img src=x&gt; \\[e\\](f)',
    );
    expect(markdown('sales.order_items')).toBe('sales.order_items');
    expect(markdown('_emphasis_ &amp; 4 & 5')).toBe('\\_emphasis\\_ &amp;amp; 4 & 5');
    expect(markdown('# no heading')).toBe('\\# no heading');
    expect(markdown('1. no list')).toBe('1\u200b. no list');
    expect(markdown('1.5 GiB')).toBe('1.5 GiB');
    expect(markdown('- no list')).toBe('\\- no list');
  });

  test('nobody is mentioned', () => {
    expect(markdown('mail to @team')).not.toContain('@team');
  });

  test('one line, no raw pipe, no raw angle bracket, no unescaped backtick, whatever comes in', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const out = markdown(text);
        expect(out).not.toMatch(/[\r\n|<>`]/);
        expect(out.replace(/\\./g, '')).not.toMatch(/[*[\]]/);
      }),
    );
  });

  test('inline code is closed by its own backticks only', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const out = code(text);
        expect(out === '' || /^`[^`|\r\n]+`$/.test(out)).toBe(true);
      }),
    );
  });

  test('links lead only to http addresses without room for markup', () => {
    expect(link('Run', 'https://a.example/b#c')).toBe('[Run](https://a.example/b#c)');
    expect(link('Run', 'javascript:alert(1)')).toBe('Run');
    expect(link('Run', 'https://a.example/b) [x](y')).toBe('Run');
  });
});

test('no text ends its fence', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const lines = fence(text).split('\n');
      const marks = /^`+/.exec(lines[0] ?? '')?.[0] ?? '';
      expect(marks.length).toBeGreaterThanOrEqual(3);
      expect(lines.at(-1)).toBe(marks);
      // CommonMark: a fence is ended by a line of at least as many marks, indented by up to three spaces.
      const ends = new RegExp(`^ {0,3}\`{${marks.length},}[ \\t]*$`);
      expect(lines.slice(1, -1).filter((line) => ends.test(line))).toEqual([]);
    }),
  );
});

test('no label ends a mermaid statement', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(mermaid(text)).toMatch(/^[^\r\n:;#,`"<>{}%]+$/);
    }),
  );
});

test.each(['section x', 'Title', 'click foo', 'todayMarker off', 'dateFormat X', '2026-01-01 x'])(
  'the label "%s" does not begin a statement of mermaid’s',
  (label) => {
    expect(mermaid(label)).toBe(`· ${label}`);
  },
);

test('Slack text holds no markup of its own', () => {
  expect(slack('<!channel> & <https://x|y>')).toBe('&lt;!channel&gt; &amp; &lt;https://x|y&gt;');
});
