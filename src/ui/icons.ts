// Icons that JupyterLab does not have: 16 px, one line weight.

import { LabIcon } from '@jupyterlab/ui-components';

/**
 * An assistant.
 */
export const assistantIcon = new LabIcon({
  name: 'anode:assistant',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><path class="jp-icon3" fill="#616161" d="M7 2l1.5 4L12 7.5 8.5 9 7 13 5.5 9 2 7.5 5.5 6zM12.5 10l.7 1.8 1.8.7-1.8.7-.7 1.8-.7-1.8-1.8-.7 1.8-.7z"/></svg>'
});

/**
 * What is seen.
 */
export const eyeIcon = new LabIcon({
  name: 'anode:eye',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><path class="jp-icon3" fill="#616161" d="M8 3.5C4.8 3.5 2.1 5.4 1 8c1.1 2.6 3.8 4.5 7 4.5s5.9-1.9 7-4.5c-1.1-2.6-3.8-4.5-7-4.5zm0 1.2c2.5 0 4.6 1.3 5.7 3.3-1.1 2-3.2 3.3-5.7 3.3S3.4 10 2.3 8C3.4 6 5.5 4.7 8 4.7zm0 1.1a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z"/></svg>'
});

/**
 * What is not seen.
 */
export const hiddenIcon = new LabIcon({
  name: 'anode:hidden',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><path class="jp-icon3" fill="#616161" d="M8 3.5C4.8 3.5 2.1 5.4 1 8c1.1 2.6 3.8 4.5 7 4.5s5.9-1.9 7-4.5c-1.1-2.6-3.8-4.5-7-4.5zm0 1.2c2.5 0 4.6 1.3 5.7 3.3-1.1 2-3.2 3.3-5.7 3.3S3.4 10 2.3 8C3.4 6 5.5 4.7 8 4.7z"/><path class="jp-icon3" fill="#616161" d="M2.3 13L13 2.3l.8.8L3.1 13.8z"/></svg>'
});
