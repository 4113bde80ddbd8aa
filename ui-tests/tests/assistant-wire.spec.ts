// The assistant against somebody else's idea of OpenAI's and Anthropic's wire: aimock.

import { LLMock } from '@copilotkit/aimock';
import { expect } from '@playwright/test';

import { test } from '../support/fixtures.ts';
import type { Server } from '../support/server.ts';

interface IMessage {
  role: string;
  status: string;
  error?: { code: string };
  parts: { type: string; text?: string; tool?: string; status?: string }[];
}

const NOTEBOOK = JSON.stringify({
  cells: [
    {
      id: 'first',
      cell_type: 'code',
      source: 'answer = 42',
      metadata: {},
      outputs: [],
      execution_count: null
    },
    {
      id: 'hidden',
      cell_type: 'code',
      source: 'password = "never-to-be-sent"',
      metadata: { anode_jlab: { ai_context: false } },
      outputs: [],
      execution_count: null
    }
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5
});

test('questions, tools and refusals in both shapes', async ({
  startServer
}) => {
  const mock = new LLMock({ port: 0 });
  mock.addFixtures([
    {
      match: { userMessage: 'Add a cell.', hasToolResult: false },
      response: {
        content: 'I add it.',
        toolCalls: [
          { name: 'create_cell', arguments: '{"source": "total = answer + 1"}' }
        ]
      }
    },
    {
      match: { userMessage: 'Add a cell.', hasToolResult: true },
      response: { content: 'It is there.' }
    },
    {
      match: { userMessage: 'What did you do?' },
      response: { content: 'I added a cell.' }
    },
    {
      match: { userMessage: 'Too much.' },
      response: {
        error: { message: 'Slow down.', type: 'rate_limit_error' },
        status: 429
      }
    }
  ]);
  const url = await mock.start();
  try {
    const server = await startServer({
      env: {
        OPENAI_API_KEY: 'sk-of-the-browser-test',
        OPENAI_BASE_URL: `${url}/v1`,
        ANTHROPIC_API_KEY: 'sk-ant-of-the-browser-test',
        ANTHROPIC_BASE_URL: url
      }
    });
    for (const [provider, model] of [
      ['openai', 'gpt-4o'],
      ['anthropic', 'claude-sonnet-4-5']
    ] as const) {
      server.write(`${provider}.ipynb`, NOTEBOOK);
      await converse(server, provider, model);
    }
    const sent = JSON.stringify(mock.getRequests().map(one => one.body));
    expect(sent).toContain('answer = 42');
    expect(sent).not.toContain('never-to-be-sent');
    expect(sent).not.toContain('of-the-browser-test');
  } finally {
    await mock.stop();
  }

  async function converse(
    server: Server,
    provider: string,
    model: string
  ): Promise<void> {
    const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
      path: `${provider}.ipynb`
    });
    const { conversation_id } = await server.api<{ conversation_id: string }>(
      'POST',
      `notebooks/${id}/conversations`,
      {}
    );
    const route = `notebooks/${id}/conversations/${conversation_id}`;
    const said = async (): Promise<IMessage[]> =>
      (await server.api<{ messages: IMessage[] }>('GET', route)).messages;
    const ask = async (text: string): Promise<IMessage> => {
      const before = (await said()).length;
      await server.api('POST', `${route}/runs`, {
        text,
        provider,
        model,
        mode: 'agent'
      });
      await expect
        .poll(async () => (await said())[before + 1]?.status)
        .not.toBe('streaming');
      const answer = (await said())[before + 1];
      expect(answer).toBeDefined();
      return answer!;
    };

    const added = await ask('Add a cell.');
    expect(added.status).toBe('complete');
    expect(added.parts.map(part => part.text ?? part.tool)).toEqual([
      'I add it.',
      'create_cell',
      'It is there.'
    ]);
    const { cells } = await server.api<{ cells: object[] }>(
      'GET',
      `notebooks/${id}/state`
    );
    expect(cells).toHaveLength(3);

    expect((await ask('What did you do?')).status).toBe('complete');
    const told = JSON.stringify(mock.getLastRequest()?.body);
    for (const earlier of [
      'Add a cell.',
      'I add it.',
      'total = answer + 1',
      'It is there.'
    ]) {
      expect(told).toContain(earlier);
    }

    const refused = await ask('Too much.');
    expect(refused.status).toBe('failed');
    expect(refused.error?.code).toBe('rate_limited');
  }
});
