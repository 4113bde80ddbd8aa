import { colorOf, personOf } from '../person';

const PICTURE = 'data:image/png;base64,AAAA';

describe('personOf', () => {
  it.each([undefined, null, 7, 'ada', {}, { username: '' }, { name: 7 }])(
    'is nobody in %p',
    user => {
      expect(personOf(user)).toBeNull();
    }
  );

  it('cuts a name that is no name any more', () => {
    const endless = '\u{1d4d0}'.repeat(10_000);
    const person = personOf({ username: 'ada', display_name: endless });
    expect(Array.from(person?.name ?? '')).toHaveLength(101);
    expect(person?.name.endsWith('…')).toBe(true);
    expect(personOf({ username: 'ada', initials: endless })?.initials).toBe(
      '\u{1d4d0}'.repeat(2)
    );
  });

  it('takes out what turns or hides the text around a name', () => {
    const turned = 'Ada\u202e ecalevoL\u0000\n\tByron\u200b';
    expect(personOf({ username: 'ada', name: turned })?.name).toBe(
      'Ada ecalevoL Byron'
    );
    expect(personOf({ username: '\u202e' })?.name).toBe('?');
  });

  it.each([
    'red',
    'url(https://example.org/seen.png)',
    '#12345',
    '#123456; background: url(x)',
    'var(--jp-collaborator-color3)',
    7
  ])('does not take %p for a colour', color => {
    expect(personOf({ username: 'ada', color })?.color).toBe(colorOf('ada'));
  });

  it.each([
    [PICTURE, PICTURE],
    ['https://example.org/ada.png', 'https://example.org/ada.png'],
    ['/hub/ada.png?v=1:2', '/hub/ada.png?v=1:2'],
    ['javascript:alert(1)', null],
    [' javascript:alert(1)', null],
    ['data:text/html,x', null],
    [7, null]
  ])('takes %p as the picture %p', (avatar, url) => {
    const person = personOf({ username: 'ada', avatar_url: avatar });
    expect(person?.avatarUrl).toBe(url);
  });

  it('says what sort of being it is', () => {
    const kind = (value: unknown) =>
      personOf({ username: 'ada', kind: value })?.kind;
    expect(['assistant', 'api', 'runtime'].map(kind)).toEqual([
      'assistant',
      'api',
      'runtime'
    ]);
    expect([undefined, 'god', 7].map(kind)).toEqual([
      'human',
      'human',
      'human'
    ]);
  });
});
