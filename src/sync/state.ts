// The one word about a notebook's changes, from everything that is known about them.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICondition, ISyncState, Role, SyncAction } from '../tokens';
import type { Phase } from './host';

/**
 * What is known.
 */
export interface IStanding {
  /**
   * Whether it is a text file.
   */
  readonly isText: boolean;
  readonly phase: Phase;
  readonly pending: number;
  readonly lastAck: number | null;
  readonly role: Role;

  /**
   * Whether there has been a connection before.
   */
  readonly wasSynced: boolean;

  /**
   * Whether this browser keeps what is changed here.
   */
  readonly isKept: boolean;
  readonly conditions: readonly ICondition[];

  /**
   * Why no connection is tried any more, if so.
   */
  readonly refusal: {
    readonly reason: string;
    readonly action: SyncAction | null;
  } | null;

  /**
   * Where the notebook is open instead, in words; null while nobody else holds it.
   */
  readonly heldBy: string | null;

  /**
   * Whether that is a server of the same person.
   */
  readonly mayTakeOver: boolean;
}

const BEGINNING = 'syncing';

/**
 * The state before anything is known.
 */
export const NOTHING_YET: ISyncState = {
  kind: BEGINNING,
  pending: 0,
  isKept: false,
  since: null,
  lastAck: null,
  reason: '',
  action: null,
  label: BEGINNING
};

/**
 * What a person can do about a condition.
 */
const ACTIONS: Readonly<Record<string, SyncAction>> = {
  file_changed_outside: 'reload-or-overwrite',
  file_deleted: 'save-again',
  file_not_valid: 'retry',
  file_not_written: 'retry'
};

/**
 * Conditions that people should know of though all is well.
 */
const NO_ERRORS: readonly string[] = ['file_conflicted', 'kernel_memory_low'];

/**
 * Derive the sync state.
 *
 * @param before - the state until now: its `since` is kept while kind and reason stay.
 * @param now - milliseconds since the Unix epoch.
 */
export function syncState(
  standing: IStanding,
  before: ISyncState | null,
  now: number,
  trans: TranslationBundle
): ISyncState {
  const { kind, reason, action } = judge(standing, trans);
  const { pending, lastAck, isKept } = standing;
  const same = before?.kind === kind && before.reason === reason;
  const since = same ? before.since : now;
  const label =
    kind === 'offline' && isKept
      ? `offline (${pending} changes kept in this browser)`
      : wording(kind, reason, action);
  return { kind, pending, isKept, since, lastAck, reason, action, label };
}

type Judgement = Pick<ISyncState, 'kind' | 'reason' | 'action'>;

function judge(standing: IStanding, trans: TranslationBundle): Judgement {
  const { phase, pending, role, conditions, refusal, wasSynced } = standing;
  if (refusal) {
    return { kind: 'error', ...refusal };
  }
  if (standing.heldBy !== null) {
    const reason = trans.__('open in %1', standing.heldBy);
    const action = standing.mayTakeOver ? 'take-over' : 'retry';
    return { kind: 'read-only', reason, action };
  }
  if (phase === 'waiting' || phase === 'stopped' || phase === 'connecting') {
    return wasSynced
      ? { kind: 'offline', reason: '', action: 'retry' }
      : { kind: 'syncing', reason: '', action: null };
  }
  const condition = conditions.find(({ code }) => !NO_ERRORS.includes(code));
  if (condition) {
    const action = ACTIONS[condition.code] ?? null;
    return {
      kind: 'error',
      reason: shortly(condition, standing.isText, trans),
      action
    };
  }
  if (role === 'reader') {
    const reason = standing.isText
      ? trans.__('you may read this file but not change it')
      : trans.__('you may read this notebook but not change it');
    return { kind: 'read-only', reason, action: null };
  }
  if (phase === 'syncing') {
    return { kind: 'syncing', reason: '', action: null };
  }
  return { kind: pending > 0 ? 'saving' : 'saved', reason: '', action: null };
}

/**
 * A condition in as few words as the toolbar has room for, where there are such.
 */
function shortly(
  { code, message }: ICondition,
  isText: boolean,
  trans: TranslationBundle
): string {
  switch (code) {
    case 'file_changed_outside':
      return trans.__('file changed outside');
    case 'file_deleted':
      return trans.__('file deleted');
    case 'file_not_valid':
      return isText
        ? trans.__('file is not a text')
        : trans.__('file is not a notebook');
    default:
      return message;
  }
}

/**
 * The value of `data-anode-sync`.
 */
function wording(
  kind: ISyncState['kind'],
  reason: string,
  action: SyncAction | null
): string {
  switch (kind) {
    case 'offline':
      return 'offline (not kept)';
    case 'read-only':
      return `read-only (${reason.toLowerCase()})`;
    case 'error': {
      const what = reason.replace(/[.!]+$/, '').toLowerCase();
      return action === null
        ? `error (${what})`
        : `error (${what}, ${action.replaceAll('-', ' ')})`;
    }
    case 'saved':
    case 'saving':
    case 'syncing':
      return kind;
  }
}
