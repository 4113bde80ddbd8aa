// Where a renderer finds the bytes that an output refers to.

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Where the bytes of one notebook's outputs are.
 */
export interface IArtifactSource {
  url(sha256: string): string;
  load(sha256: string): Promise<Blob>;
}

/**
 * What a renderer works with.
 */
export interface IArtifactOptions {
  /**
   * The source for what stands in the notebook at a contents path; null when there is none.
   */
  source(path: string | null): IArtifactSource | null;
  readonly registry: IRenderMimeRegistry;
  readonly trans: TranslationBundle;
}

/**
 * The source for the notebook that an output stands in.
 */
export function sourceOf(
  { resolver }: IRenderMime.IRendererOptions,
  options: IArtifactOptions
): IArtifactSource | null {
  const path =
    resolver && 'path' in resolver && typeof resolver.path === 'string'
      ? resolver.path
      : null;
  return options.source(path);
}
