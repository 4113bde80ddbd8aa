import { PageConfig } from '@jupyterlab/coreutils';

import { destinationOf, linkTo, needOf } from '../link';

const BASE = 'https://hub.example.org/user/ada/';
const PATH = 'some folder/größe #1 50%.ipynb';

describe('links', () => {
  beforeEach(() => {
    PageConfig.setOption('baseUrl', BASE);
    PageConfig.setOption('appUrl', '/lab');
  });

  afterEach(() => {
    for (const name of ['baseUrl', 'appUrl', 'notebookPage', 'hubPrefix']) {
      PageConfig.setOption(name, '');
    }
  });

  it.each(['', 'notebooks'])('lead where they say (%p)', notebookPage => {
    PageConfig.setOption('notebookPage', notebookPage);
    const link = linkTo(BASE, PATH, 'a&b');
    expect(link.startsWith(BASE)).toBe(true);
    expect(link).not.toContain('token');
    expect(destinationOf(new URL(link))).toEqual({ path: PATH, cell: 'a&b' });
    expect(destinationOf(new URL(linkTo(BASE, PATH)))).toBeNull();
  });

  it('come from any workspace', () => {
    const url = new URL(
      'http://localhost:8888/lab/workspaces/w/tree/a/b.ipynb?reset&cell=one'
    );
    expect(destinationOf(url)).toEqual({ path: 'a/b.ipynb', cell: 'one' });
  });

  it.each([
    '/lab?cell=one',
    '/lab/tree/?cell=one',
    '/lab/tree/a.ipynb?cell=',
    `/lab/tree/a.ipynb?cell=${'x'.repeat(10_000)}`,
    '/lab/tree/%E0%A4%A.ipynb?cell=one'
  ])('without a destination: %s', address => {
    const [pathname = '', search = ''] = address.split('?');
    expect(destinationOf({ pathname, search })).toBeNull();
  });

  it.each([
    ['http://localhost:8888/lab', 'this-computer'],
    ['http://127.0.0.1:8888/lab', 'this-computer'],
    ['http://[::1]:8888/lab', 'this-computer'],
    ['https://jupyter.example.org/lab', 'sign-in'],
    ['https://localhost.example.org/lab', 'sign-in']
  ])('%s needs %s', (link, need) => {
    expect(needOf(link)).toBe(need);
  });

  it('of a hub need access to the server', () => {
    PageConfig.setOption('hubPrefix', '/hub/');
    expect(needOf('https://hub.example.org/user/ada/lab')).toBe('hub');
  });
});
