// What features see of the assistant: its providers, and what can be asked of it.

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
 * A model to ask.
 */
export interface IAiChoice {
  readonly provider: string;
  readonly model: string;
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
   * The model that this person asked last in a notebook, else in any, else the first that can be
   * asked; null when none can.
   */
  choiceOf(notebookId: string): IAiChoice | null;

  /**
   * The person chose another model for a notebook.
   */
  choose(notebookId: string, choice: IAiChoice): void;

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
 * Some of what the assistant says, while it says it. It is in no log: the whole comes as an event.
 */
export interface IStreamPiece {
  readonly run_id: string;

  /**
   * The AI cell that shows the answer, if any.
   */
  readonly cell_id?: string | null;

  /**
   * Which step of the answer it belongs to, from 1, which is meant when nothing is told.
   */
  readonly step?: number;

  /**
   * Whether it is thought and not said; thoughts are counted for themselves.
   */
  readonly thinking?: boolean;

  /**
   * Where it begins in the text of its step, in code points. All before it was sent before.
   */
  readonly offset: number;
  readonly text: string;
}
