// What a notebook or a text file holds, as the contents API would save it.

import type { INotebookContent } from '@jupyterlab/nbformat';

/**
 * The content of one document, with what it is.
 */
export type SavedContent =
  | {
      readonly type: 'notebook';
      readonly format: 'json';
      readonly content: INotebookContent;
    }
  | {
      readonly type: 'file';
      readonly format: 'text';
      readonly content: string;
    };

/**
 * Our routes tell a notebook by itself, as nbformat JSON, and a text wrapped as it is here.
 */
export function savedContent(
  answer: INotebookContent | (SavedContent & { type: 'file' })
): SavedContent {
  return 'nbformat' in answer
    ? { type: 'notebook', format: 'json', content: answer }
    : answer;
}
