// When there is an assistant, as far as this page knows.

import type { IAiState } from '../../api/ai';
import { ApiError, NotReachedError } from '../../api/errors';
import type { IAiProvider } from '../../tokens/ai';
import { Choices } from '../choices';
import { AiProviders } from '../providers';

function provider(isKeySet: boolean, available: boolean): IAiProvider {
  return {
    id: 'p',
    title: 'P',
    kind: 'openai',
    base_url: 'http://localhost',
    key: { set: isKeySet },
    models: [
      {
        id: 'm',
        title: 'M',
        tools: true,
        vision: false,
        thinking: false,
        available
      }
    ]
  };
}

function answering(...answers: (IAiState | Error)[]): AiProviders {
  const source = {
    state: () => {
      const answer = answers.shift()!;
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer);
    }
  };
  return new AiProviders(source, new Choices(null, ''));
}

const on = (...providers: IAiProvider[]): IAiState => ({
  enabled: true,
  max_mode: 'agent',
  providers
});

describe('the assistant', () => {
  it('is set once a provider has a key, or a model without one', async () => {
    const ai = answering(
      on(provider(false, false)),
      on(provider(true, false)),
      on(provider(false, true)),
      { ...on(provider(true, true)), enabled: false }
    );
    const seen: boolean[] = [];
    ai.changed.connect(() => seen.push(ai.isSet));
    for (let turn = 0; turn < 4; turn++) {
      await ai.refresh();
    }
    expect(seen).toEqual([false, true, true, false]);
  });

  it('is not there when the server has no such route', async () => {
    const ai = answering(new ApiError(404, 'http_404', 'Not Found', ''));
    await ai.refresh();
    expect([ai.isKnown, ai.isThere, ai.isSet]).toEqual([true, false, false]);
  });

  it('stays as it was known while the server does not answer', async () => {
    const ai = answering(
      new NotReachedError(''),
      on(provider(true, true)),
      new ApiError(503, 'http_503', '', '')
    );
    await ai.refresh();
    expect(ai.isKnown).toBe(false);
    await ai.refresh();
    await ai.refresh();
    expect([ai.isKnown, ai.isSet, ai.maxMode]).toEqual([true, true, 'agent']);
  });
});

describe('the model', () => {
  const models = (...ids: string[]): IAiProvider => ({
    ...provider(true, true),
    models: ids.map(id => ({
      ...provider(true, true).models[0]!,
      id,
      available: !id.startsWith('old')
    }))
  });

  it('is the one of the notebook, else the last of any, else the first', async () => {
    const ai = answering(on(models('old-1', 'a', 'b', 'c')));
    expect(ai.choiceOf('n1')).toBeNull();
    await ai.refresh();
    expect(ai.choiceOf('n1')?.model).toBe('a');
    ai.choose('n1', { provider: 'p', model: 'b' });
    ai.choose('n2', { provider: 'p', model: 'c' });
    expect(['n1', 'n2', 'n3'].map(id => ai.choiceOf(id)?.model)).toEqual([
      'b',
      'c',
      'c'
    ]);
  });

  it('is none that cannot be asked any more', async () => {
    const ai = answering(on(models('a', 'b')), on(models('a')));
    await ai.refresh();
    ai.choose('n1', { provider: 'p', model: 'b' });
    await ai.refresh();
    expect(ai.choiceOf('n1')?.model).toBe('a');
  });
});
