// Calls of tools in words.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IToolPart } from '../api/conversations';

/**
 * Tools that are asked for each time, whatever was answered before.
 */
const ASKED_EACH_TIME = /delete|restart/;

/**
 * Whether "always" may be answered.
 */
export function mayBeAlways(tool: string): boolean {
  return !ASKED_EACH_TIME.test(tool);
}

/**
 * Tools that are allowed for good together.
 */
const RUNS = new Set(['execute_cell', 'run_cells']);

/**
 * Whether a call runs cells.
 */
export function isRun(tool: string): boolean {
  return RUNS.has(tool);
}

/**
 * What "always" allows.
 */
export function allowedWord(tool: string, trans: TranslationBundle): string {
  return isRun(tool) ? trans.__('Run cells') : toolWord(tool, trans);
}

/**
 * Tools whose changes can be taken back: what ran, ran.
 */
const CHANGES = new Set([
  'create_cell',
  'modify_cell',
  'move_cell',
  'delete_cell',
  'set_type'
]);

/**
 * Whether a call changed the notebook in a way that can be taken back.
 */
export function mayBeReverted({ tool, status, events }: IToolPart): boolean {
  return status === 'done' && CHANGES.has(tool) && (events ?? []).length > 0;
}

/**
 * What a tool does.
 */
export function toolWord(tool: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    outline: trans.__('Read the outline'),
    read_cells: trans.__('Read cells'),
    read_output: trans.__('Read an output'),
    read_image: trans.__('Look at a picture'),
    list_variables: trans.__('List variables'),
    search: trans.__('Search'),
    list_files: trans.__('List files'),
    read_file: trans.__('Read a file'),
    history: trans.__('Read the history'),
    create_cell: trans.__('Create a cell'),
    modify_cell: trans.__('Change a cell'),
    move_cell: trans.__('Move a cell'),
    delete_cell: trans.__('Delete a cell'),
    set_type: trans.__('Change the type of a cell'),
    set_cell_type: trans.__('Change the type of a cell'),
    execute_cell: trans.__('Run a cell'),
    run_cells: trans.__('Run cells'),
    interrupt: trans.__('Interrupt the kernel'),
    interrupt_kernel: trans.__('Interrupt the kernel'),
    restart: trans.__('Restart the kernel'),
    restart_kernel: trans.__('Restart the kernel')
  };
  return words[tool] ?? tool;
}

/**
 * Where a call is.
 */
export function statusWord(
  status: IToolPart['status'],
  trans: TranslationBundle
): string {
  switch (status) {
    case 'proposed':
      return trans.__('Proposed');
    case 'waiting':
      return trans.__('Waits for your leave');
    case 'denied':
      return trans.__('Not allowed');
    case 'running':
      return trans.__('At work');
    case 'done':
      return trans.__('Done');
    case 'failed':
      return trans.__('Failed');
    case 'expired':
      return trans.__('Not answered in time');
    case 'cancelled':
      return trans.__('Stopped');
  }
}

/**
 * Arguments as people read them: each by its name, text as it is.
 */
export function argumentsOf(args: unknown): [string, string][] {
  const value = parsed(args);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [['', typeof value === 'string' ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).map(([name, one]) => [
    name,
    typeof one === 'string' ? one : JSON.stringify(one, null, 2)
  ]);
}

/**
 * Arguments as JSON that can be edited.
 */
export function editable(args: unknown): string {
  return JSON.stringify(parsed(args), null, 2);
}

/**
 * The server tells some arguments as JSON text.
 */
export function parsed(args: unknown): unknown {
  if (typeof args !== 'string') {
    return args;
  }
  try {
    return JSON.parse(args) as unknown;
  } catch {
    return args;
  }
}
