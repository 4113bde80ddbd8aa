// JupyterLab's way to a notebook's content: through the room when there is one, else core's own.

import type { ISharedDocument } from '@jupyter/ydoc';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { Contents, IContentProvider } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import { PathExt } from '@jupyterlab/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { isOutageStatus } from '../api/errors';
import type { NotebookConnection } from './connection';
import type { AnodeRooms } from './rooms';
import type { LoadArtifact } from './wholefile';
import { wholeFile } from './wholefile';

/**
 * The id under which the provider is registered on the default drive.
 */
export const PROVIDER_ID = 'anode';

/**
 * The id of the provider of text files.
 */
export const FILES_PROVIDER_ID = 'anode-files';

/**
 * How often at most JupyterLab is told that the file was written: it asks for the checkpoints and
 * lists the folder each time.
 */
const TELL_WRITTEN_MS = 30_000;

type Model = Contents.IModel;
type FetchOptions = Contents.IFetchOptions;
type SaveOptions = Partial<Model> & Contents.IContentProvisionOptions;

/**
 * What became of an attempt to save, for the person.
 */
export interface ISaveFailure {
  readonly connection: NotebookConnection;
  readonly error: Error;
}

/**
 * What is provided, in the words of the contents API.
 */
export interface IProvidedKind {
  readonly contentType: string;
  readonly format: string;
}

/**
 * Notebooks.
 */
export const NOTEBOOKS: IProvidedKind = {
  contentType: 'notebook',
  format: 'json'
};

/**
 * Text files.
 */
export const TEXTS: IProvidedKind = { contentType: 'file', format: 'text' };

/**
 * Content provider for one kind of documents.
 *
 * The file's model is fetched once; after that JupyterLab gets it back as it was, so that it never
 * finds a file that "has changed on disk": whether it has is the room's to find out and to say.
 */
export class AnodeContentProvider implements IContentProvider {
  constructor(
    private readonly _drive: Contents.IDrive,
    private readonly _rooms: AnodeRooms,
    private readonly _kind: IProvidedKind = NOTEBOOKS,
    private readonly _load: LoadArtifact = () => Promise.resolve(null)
  ) {
    this.sharedModelFactory = {
      collaborative: true,
      createNew: options => this._createNew(options)
    };
  }

  readonly sharedModelFactory: Contents.ISharedFactory;

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  /**
   * Ctrl-S did not succeed.
   */
  get saveFailed(): ISignal<this, ISaveFailure> {
    return this._saveFailed;
  }

  async get(path: string, options?: FetchOptions): Promise<Model> {
    const connection = this._rooms.get(path);
    const file = connection && this._files.get(connection);
    if (!connection || !file) {
      return this._drive.get(path, core(options));
    }
    if (!options?.content) {
      return connection.hasRoom || connection.isHeld
        ? this._present(connection, await file.model)
        : this._drive.get(path, core(options));
    }
    const [model, opened] = await Promise.all([file.model, connection.opened]);
    if (opened.kind === 'core') {
      return this._drive.get(path, core(options));
    }
    if (connection.isHeld) {
      const plain = await this._drive.get(path, core(options));
      connection.showFile(plain.content);
    } else if (file.isShown) {
      // JupyterLab's "Reload from Disk" and "Revert to Checkpoint".
      await connection.reloadFromFile();
    }
    file.isShown = true;
    return this._present(connection, model);
  }

  async save(path: string, options: SaveOptions = {}): Promise<Model> {
    const connection = this._rooms.get(path);
    const file = connection && this._files.get(connection);
    if (!file || !(connection.hasRoom || connection.isHeld)) {
      return this._drive.save(path, core(await this._whole(options)));
    }
    try {
      await connection.exportNow();
    } catch (error) {
      this._saveFailed.emit({ connection, error: error as Error });
      throw new QuietError((error as Error).message);
    }
    file.model = this._describe(connection);
    return this._present(connection, await file.model);
  }

  /**
   * What is saved beside the room ("Save As") is a file of its own, with all that belongs to it.
   */
  private async _whole(options: SaveOptions): Promise<SaveOptions> {
    const content: unknown = options.content;
    return options.type === 'notebook' && isNotebook(content)
      ? { ...options, content: await wholeFile(content, this._load) }
      : options;
  }

  private _createNew(
    options: Contents.ISharedFactoryOptions
  ): ISharedDocument | undefined {
    const { contentType, collaborative, format } = options;
    const isOurs =
      contentType === this._kind.contentType && format === this._kind.format;
    if (!isOurs || !collaborative) {
      return undefined;
    }
    const notebook = this._rooms.create(options.path);
    const connection = this._rooms.forModel(notebook)!;
    const model = this._describe(connection);
    // Who asks for it hears of a failure; until then it is nobody's.
    model.catch(() => undefined);
    this._files.set(connection, { model, isShown: false, toldAt: 0 });
    connection.fileWritten.connect(this._onWritten, this);
    connection.pathChanged.connect(this._onPathChanged, this);
    return notebook;
  }

  /**
   * Ask for the file's model; while the server is away the one of the last time is good enough.
   */
  private async _describe(connection: NotebookConnection): Promise<Model> {
    try {
      const options = { content: false };
      const model = await this._drive.get(connection.path, options);
      connection.noteFile(model);
      return model;
    } catch (error) {
      const { kind } = await connection.opened;
      const kept = connection.file;
      if (kind === 'room' && kept !== null && isGone(error)) {
        return kept as Model;
      }
      throw error;
    }
  }

  /**
   * The file's model, without content: that is in the shared model already.
   */
  private _present(connection: NotebookConnection, model: Model): Model {
    const { path, role, isHeld } = connection;
    return {
      ...model,
      path,
      name: PathExt.basename(path),
      // A notebook that is held elsewhere may be written later: JupyterLab asks only once.
      writable: role !== 'reader' || isHeld,
      content: null,
      format: null
    };
  }

  private _onWritten(connection: NotebookConnection, time: string): void {
    const file = this._files.get(connection);
    const now = Date.parse(time);
    if (!file || now - file.toldAt < TELL_WRITTEN_MS) {
      return;
    }
    file.toldAt = now;
    file.model
      .then(model => {
        const written = { ...model, last_modified: time };
        file.model = Promise.resolve(written);
        this._fileChanged.emit({
          type: 'save',
          oldValue: null,
          newValue: this._present(connection, written)
        });
      })
      .catch(() => undefined);
  }

  /**
   * Somebody else renamed the file: tell JupyterLab, which does not know.
   */
  private _onPathChanged(connection: NotebookConnection, path: string): void {
    const file = this._files.get(connection);
    file?.model
      .then(model => {
        if (model.path !== path) {
          const renamed = { ...model, path, name: PathExt.basename(path) };
          file.model = Promise.resolve(renamed);
          this._fileChanged.emit({
            type: 'rename',
            oldValue: model,
            newValue: renamed
          });
        }
      })
      .catch(() => undefined);
  }

  private readonly _files = new WeakMap<
    NotebookConnection,
    { model: Promise<Model>; isShown: boolean; toldAt: number }
  >();
  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private readonly _saveFailed = new Signal<this, ISaveFailure>(this);
}

/**
 * A failure that has been told already: JupyterLab shows no dialog for this name.
 */
class QuietError extends Error {
  override readonly name = 'ModalCancelError';
}

/**
 * Options for core's own way; with our id they would lead back here.
 */
function core<T extends Contents.IContentProvisionOptions>(
  options: T | undefined
): T | undefined {
  if (options === undefined) {
    return undefined;
  }
  const rest = { ...options };
  delete rest.contentProviderId;
  return rest;
}

/**
 * Whether an error says that the server is away.
 */
function isGone(error: unknown): boolean {
  return (
    error instanceof ServerConnection.NetworkError ||
    (error instanceof ServerConnection.ResponseError &&
      isOutageStatus(error.response.status))
  );
}

function isNotebook(content: unknown): content is INotebookContent {
  return (
    typeof content === 'object' &&
    content !== null &&
    'cells' in content &&
    Array.isArray(content.cells)
  );
}
