// A provider of models over real HTTP, in OpenAI's wire, whose answers a test writes.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * One answer of the model.
 */
export interface IReply {
  /**
   * What it says, piece by piece.
   */
  says?: string[];

  /**
   * The tools that it calls then, with their arguments.
   */
  calls?: { tool: string; args: object }[];

  /**
   * Before the last piece it waits for this.
   */
  until?: Promise<void>;

  /**
   * It refuses with this status instead.
   */
  status?: number;
}

/**
 * A request as it came.
 */
export interface IAsked {
  messages: { role: string; content: unknown }[];
  tools?: { function: { name: string } }[];
}

/**
 * Each request takes the next reply; all requests are kept.
 */
export class ScriptedProvider {
  readonly asked: IAsked[] = [];
  readonly replies: IReply[] = [];

  /**
   * The setting of a server that asks it.
   */
  get config(): string {
    const { port } = this._server.address() as AddressInfo;
    const provider = {
      id: 'local',
      title: 'Local models',
      kind: 'openai',
      base_url: `http://127.0.0.1:${port}/v1`
    };
    return `c.AnodeConfig.ai_providers = [${JSON.stringify(provider)}]\n`;
  }

  async start(): Promise<void> {
    this._server.listen(0, '127.0.0.1');
    await once(this._server, 'listening');
  }

  async stop(): Promise<void> {
    this._server.closeAllConnections();
    this._server.close();
    await once(this._server, 'close');
  }

  private readonly _server: Server = createServer((request, response) => {
    void this._answer(request, response);
  });

  private async _answer(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    let body = '';
    for await (const piece of request) {
      body += String(piece);
    }
    if (request.method === 'GET') {
      json(response, 200, {
        object: 'list',
        data: [{ id: 'small' }, { id: 'large' }]
      });
      return;
    }
    this.asked.push(JSON.parse(body) as IAsked);
    const reply = this.replies.shift() ?? { status: 500 };
    if (reply.status !== undefined) {
      json(response, reply.status, { error: { message: 'Refused.' } });
      return;
    }
    await stream(response, reply, this.asked.length);
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function stream(
  response: ServerResponse,
  { says = [], calls = [], until }: IReply,
  turn: number
): Promise<void> {
  const common = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'small' };
  const send = (fields: object): void => {
    response.write(`data: ${JSON.stringify({ ...common, ...fields })}\n\n`);
  };
  const chunk = (delta: object, finish: string | null = null): void => {
    send({ choices: [{ index: 0, delta, finish_reason: finish }] });
  };
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  chunk({ role: 'assistant', content: '' });
  for (const [index, content] of says.entries()) {
    if (index === says.length - 1) {
      await until;
    }
    chunk({ content });
  }
  for (const [index, { tool, args }] of calls.entries()) {
    const called = { name: tool, arguments: JSON.stringify(args) };
    const call = { index, id: `call_${turn}_${index}`, type: 'function', function: called };
    chunk({ tool_calls: [call] });
  }
  chunk({}, calls.length > 0 ? 'tool_calls' : 'stop');
  send({
    choices: [],
    usage: { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 }
  });
  response.end('data: [DONE]\n\n');
}
