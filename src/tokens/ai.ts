// What features see of the assistant: its providers, and what can be asked of it.

import type { ISharedCell } from '@jupyter/ydoc';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

/**
 * How much an assistant may do without asking, from least to most.
 */
export type AiMode = 'ask' | 'edit' | 'agent' | 'auto';

/**
 * A model of a provider.
 */
export interface IAiModel {
  readonly id: string;
  readonly title: string;

  /**
   * What it can do beside talking.
   */
  readonly tools: boolean;
  readonly vision: boolean;
  readonly thinking: boolean;

  /**
   * Whether it can be asked now, and if not, why.
   */
  readonly available: boolean;
  readonly reason?: string;
}

/**
 * What is known of a key: never the key itself.
 */
export interface IAiKey {
  readonly set: boolean;

  /**
   * Its last four characters.
   */
  readonly last4?: string;
  readonly source?: 'environment' | 'command' | 'keyring' | 'file';
}

/**
 * Something that is wrong, and what to do about it.
 */
export interface IAiProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * A service whose models can be asked.
 */
export interface IAiProvider {
  readonly id: string;
  readonly title: string;
  readonly kind: 'openai' | 'anthropic';
  readonly base_url: string;
  readonly key: IAiKey;
  readonly models: readonly IAiModel[];
  readonly problem?: IAiProblem | null;
}

/**
 * The assistant of this server as far as it is set up.
 */
export interface IAnodeAi {
  /**
   * Whether there is a provider to ask. While there is none, nothing of the assistant shows in
   * notebooks.
   */
  readonly isSet: boolean;

  /**
   * Whether the server has the routes of an assistant at all.
   */
  readonly isThere: boolean;

  /**
   * Why an administrator or the installation has none; empty when there is nothing to say.
   */
  readonly reason: string;

  /**
   * What the administrator allows at most.
   */
  readonly maxMode: AiMode;
  readonly providers: readonly IAiProvider[];
  readonly changed: ISignal<IAnodeAi, void>;

  /**
   * Ask the server again.
   *
   * @param discover - have it ask the providers for their models, too.
   */
  refresh(discover?: boolean): Promise<void>;
}

/**
 * The assistant of this server as far as it is set up.
 */
export const IAnodeAi = new Token<IAnodeAi>(
  'anode-jlab:IAnodeAi',
  'The providers of the assistant, and whether there are any.'
);

/**
 * Cells that are questions: they are asked, not run.
 */
export interface IAnodeQuestions {
  isQuestion(cell: ISharedCell): boolean;

  /**
   * Ask the question of a cell. Settled when the server has taken it up; the answer comes into the
   * cell's output.
   *
   * @throws ApiError, NotReachedError, or an error that says why there is nobody to ask.
   */
  ask(notebookId: string, cell: ISharedCell): Promise<void>;
}

/**
 * Cells that are questions: they are asked, not run.
 */
export const IAnodeQuestions = new Token<IAnodeQuestions>(
  'anode-jlab:IAnodeQuestions',
  'Asks the assistant what stands in AI cells.'
);
