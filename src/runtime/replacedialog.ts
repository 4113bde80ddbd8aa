// Asks which kernel shall take the place of the present one.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { KernelSpec } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

/**
 * The body of the dialog: what will happen, and a choice of kernels.
 */
class Choice extends Widget implements Dialog.IBodyWidget<string> {
  constructor(
    specs: KernelSpec.ISpecModels | null,
    present: string,
    trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-replace');
    const text = document.createElement('p');
    text.textContent = trans.__(
      'A new kernel is started, and takes the place of the present one once it is ready. What waits in the queue goes on with it. What still runs then is broken off, and the variables are gone.'
    );
    const label = document.createElement('label');
    label.textContent = trans.__('Kernel');
    for (const spec of Object.values(specs?.kernelspecs ?? {})) {
      if (spec) {
        const isPresent = spec.name === present;
        const option = new Option(
          spec.display_name,
          spec.name,
          isPresent,
          isPresent
        );
        this._select.add(option);
      }
    }
    label.append(this._select);
    this.node.append(text, label);
  }

  getValue(): string {
    return this._select.value;
  }

  private readonly _select = document.createElement('select');
}

/**
 * Ask.
 *
 * @param present - the name of the kernel that there is.
 *
 * @returns the name of the kernel that is wanted; null when none is.
 */
export async function askForKernel(
  specs: KernelSpec.ISpecModels | null,
  present: string,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await showDialog({
    title: trans.__('Replace the kernel?'),
    body: new Choice(specs, present, trans),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Replace') })
    ]
  });
  return button.accept ? value : null;
}
