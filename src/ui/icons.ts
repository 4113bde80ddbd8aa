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
