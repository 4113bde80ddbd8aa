// A conversation as a Markdown file.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IChatMessage, IThread, MessagePart } from '../api/conversations';
import { editable, statusWord, toolWord } from './toolwords';

/**
 * All that was said, with the calls of tools and how each answer ended; thoughts are left out.
 */
export function transcriptOf(
  thread: IThread,
  trans: TranslationBundle
): string {
  const title = thread.title === '' ? trans.__('Conversation') : thread.title;
  const messages = thread.messages.map(message => messageText(message, trans));
  return `${[`# ${title}`, ...messages].join('\n\n')}\n`;
}

/**
 * A name for the file that every system takes.
 */
export function fileNameOf(stem: string, title: string): string {
  const word = title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return word === '' ? `${stem}.chat.md` : `${stem}.${word}.md`;
}

function messageText(message: IChatMessage, trans: TranslationBundle): string {
  const { role, actor, model, time, error, status } = message;
  const name =
    role === 'user'
      ? (actor?.name ?? trans.__('Somebody'))
      : (model ?? actor?.name ?? trans.__('Assistant'));
  const parts = message.parts
    .map(part => partText(part, trans))
    .filter(text => text !== '');
  const end =
    status === 'cancelled'
      ? [`*${trans.__('Stopped')}*`]
      : error
        ? [`**${error.message}** ${error.hint ?? ''}`.trim()]
        : [];
  return [`## ${name}, ${time}`, ...parts, ...end].join('\n\n');
}

function partText(part: MessagePart, trans: TranslationBundle): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'thinking':
      return '';
    case 'tool': {
      const head = `**${toolWord(part.tool, trans)}** (${statusWord(part.status, trans)})`;
      const diff = part.diff ?? '';
      const result = part.result ?? '';
      return [
        head,
        diff === ''
          ? fenced(editable(part.args), 'json')
          : fenced(diff.trimEnd(), 'diff'),
        result === '' ? '' : fenced(result, '')
      ]
        .filter(text => text !== '')
        .join('\n\n');
    }
  }
}

/**
 * Text between fences that it cannot close.
 */
function fenced(text: string, language: string): string {
  const runs = text.match(/`+/g) ?? [];
  const longest = Math.max(2, ...runs.map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
