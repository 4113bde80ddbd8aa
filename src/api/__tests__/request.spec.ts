// Requests as the server gets them, and every kind of answer.

import { ServerConnection } from '@jupyterlab/services';

import { ApiError, NotReachedError } from '../errors';
import { NotebooksApi } from '../notebooks';

interface ISent {
  readonly url: string;
  readonly method: string;
  readonly type: string | null;
  readonly body: string;
}

function setup(answer: () => Promise<Response>) {
  const sent: ISent[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://server/base/',
    wsUrl: 'ws://server/base/',
    appendToken: false,
    token: 'secret',
    fetch: async (input: RequestInfo | URL) => {
      const request = input as Request;
      sent.push({
        // JupyterLab appends the time, against caches.
        url: request.url.replace(/\?\d+$/, ''),
        method: request.method,
        type: request.headers.get('Content-Type'),
        body: await request.text()
      });
      return answer();
    }
  });
  return { api: new NotebooksApi(settings), sent };
}

function reply(status: number, text: string) {
  return () => Promise.resolve(new Response(text, { status }));
}

describe('a command', () => {
  it('is posted as JSON under our own path', async () => {
    const body = '{"id":"ab","path":"a b.ipynb"}';
    const { api, sent } = setup(reply(200, body));
    expect(await api.open('a b.ipynb')).toEqual({
      id: 'ab',
      path: 'a b.ipynb'
    });
    expect(sent).toEqual([
      {
        url: 'http://server/base/anode/api/notebooks',
        method: 'POST',
        type: 'application/json',
        body: '{"path":"a b.ipynb"}'
      }
    ]);
  });

  it('is refused with code, message and hint', async () => {
    const { api } = setup(
      reply(409, '{"code":"file_changed_outside","message":"M","hint":"H"}')
    );
    const refused = api.export('ab', false);
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({
      status: 409,
      code: 'file_changed_outside',
      message: 'M',
      hint: 'H'
    });
  });

  it('is refused by something that does not speak our way', async () => {
    const { api } = setup(reply(502, '<html>Bad gateway</html>'));
    await expect(api.reload('ab')).rejects.toMatchObject({
      status: 502,
      code: 'http_502',
      hint: ''
    });
  });

  it('does not reach a server that is gone', async () => {
    const { api } = setup(() => Promise.reject(new TypeError('refused')));
    await expect(api.open('a')).rejects.toBeInstanceOf(NotReachedError);
  });
});

describe("a room's address", () => {
  it('tells what the room should know, and no token', () => {
    const { api } = setup(reply(200, ''));
    expect(
      api.roomUrl('ab', {
        lineage: null,
        after: 7,
        state: true,
        autosave: true
      })
    ).toBe(
      'ws://server/base/anode/api/notebooks/ab/room?after=7&autosave=1&state=1'
    );
    expect(
      api.roomUrl('ab', {
        lineage: 'cd',
        after: 0,
        state: false,
        autosave: false
      })
    ).toBe(
      'ws://server/base/anode/api/notebooks/ab/room?after=0&autosave=0&lineage=cd'
    );
  });
});
