// Keeps copies of what is open in this browser, and forgets them when that is wanted.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { CopyPolicy } from '../sync/copystore';
import { CopyStore, ICopyStore } from '../sync/copystore';
import { browserTimers } from '../sync/timers';
import { AppShell, shellBrowser } from './appshell';
import { COPIES_PLUGIN, CopyPolicySetting } from './copypolicy';
import { announceTab, CopyOwner, nameOfTab, openTabs } from './copytools';
import { browserStorage, tabStorage } from './page';
import { stateOfServer } from './serverstate';

/**
 * The id of the command.
 */
export const FORGET_COPIES = 'anode:forget-local-copies';

/**
 * Commands by which people leave the server.
 */
const LOGOUTS: readonly string[] = ['filemenu:logout', 'hub:logout'];

/**
 * The app shell is seen to so long after the page came up, when it is at rest.
 */
const SHELL_AFTER_MS = 5_000;

/**
 * How long "forgotten" is shown.
 */
const TOLD_MS = 5_000;

/**
 * The copies.
 */
export const localCopies: JupyterFrontEndPlugin<CopyStore> = {
  id: COPIES_PLUGIN,
  description:
    'Keeps what is open in this browser, for when the server is away.',
  autoStart: true,
  provides: ICopyStore,
  optional: [ISettingRegistry, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    settings: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): CopyStore => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const base = app.serviceManager.serverSettings.baseUrl;
    const policy = new CopyPolicySetting(settings, browserTimers);
    const owner = new CopyOwner(
      app.serviceManager.user,
      browserStorage(),
      base,
      browserTimers
    );
    const { locks } = navigator as { locks?: LockManager };
    const tab = nameOfTab(tabStorage(), browserTimers);
    announceTab(tab, locks);
    const store = new CopyStore({
      factory: browserDatabases(),
      name: `anode:${new URL(base).pathname}`,
      tab,
      timers: browserTimers,
      user: () => owner.name(),
      policy: () => policy.value(),
      openTabs: () => openTabs(locks)
    });
    const shell = new AppShell(shellBrowser(), base);
    const forgetAll = async (): Promise<void> => {
      await Promise.all([store.forgetAll(), shell.forget()]);
      owner.forgotten();
    };
    begin(store, owner, forgetAll).catch(cannot);
    const { ready } = stateOfServer(trans);
    const follow = (value: CopyPolicy): Promise<void> =>
      ready && value === 'reload' ? shell.keep() : shell.forget();
    void app.restored.then(() => {
      browserTimers.after(SHELL_AFTER_MS, () => {
        policy.value().then(follow).catch(cannot);
      });
    });
    policy.changed.connect((_, value) => {
      const work = value === 'off' ? forgetAll() : follow(value);
      work.catch(cannot);
    });
    app.commands.commandExecuted.connect((_, { id }) => {
      if (LOGOUTS.includes(id)) {
        owner.logOut();
        forgetAll().catch(cannot);
      }
    });
    app.commands.addCommand(FORGET_COPIES, {
      label: trans.__('Forget Local Copies…'),
      caption: trans.__(
        'Remove what this browser keeps of notebooks and text files of this server'
      ),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => askToForget(store, forgetAll, trans)
    });
    palette?.addItem({
      command: FORGET_COPIES,
      category: trans.__('File Operations')
    });
    return store;
  }
};

/**
 * Tidy up what was left by earlier pages.
 */
async function begin(
  store: CopyStore,
  owner: CopyOwner,
  forgetAll: () => Promise<void>
): Promise<void> {
  if (owner.isLoggedOut || (await store.policy()) === 'off') {
    await forgetAll();
  } else {
    await store.tidy();
  }
}

async function askToForget(
  store: CopyStore,
  forgetAll: () => Promise<void>,
  trans: TranslationBundle
): Promise<void> {
  const pending = await store.pending();
  const names = pending.map(({ path }) => path).join(', ');
  const { button } = await showDialog({
    title: trans.__('Forget local copies?'),
    body:
      pending.length === 0
        ? trans.__(
            'Everything in them is stored on the server. Notebooks can then not be opened while the server is away.'
          )
        : trans._n(
            '%2 holds changes that are not on the server. What is not open in a tab is lost.',
            'These hold changes that are not on the server: %2. What is not open in a tab is lost.',
            pending.length,
            names
          ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Forget') })
    ],
    defaultButton: 0
  });
  if (button.accept) {
    try {
      await forgetAll();
    } catch (error) {
      cannot(error);
      Notification.error(
        trans.__('The browser did not let go of the copies. Clear its data.'),
        { autoClose: TOLD_MS }
      );
      return;
    }
    Notification.info(trans.__('This browser keeps no copies any more.'), {
      autoClose: TOLD_MS
    });
  }
}

function cannot(error: unknown): void {
  console.warn('anode: the copies in this browser', error);
}

/**
 * The browser's databases; null when it refuses, as in some private windows.
 */
function browserDatabases(): IDBFactory | null {
  try {
    return window.indexedDB ?? null;
  } catch {
    return null;
  }
}
