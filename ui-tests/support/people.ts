// Several people with different rights in one server: a cookie says who somebody is.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';

import { PYTHON } from './server.ts';
import type { Server } from './server.ts';

const CROWD = resolve(import.meta.dirname, 'crowd.py');

/**
 * Python for `jupyter_server_config.py`: Rita may only read, everybody else may do everything.
 * Programs with the token are Ada.
 */
export const PEOPLE = `
from urllib.parse import unquote

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import IdentityProvider, User

class People(IdentityProvider):
    def get_user(self, handler):
        name = unquote(handler.get_cookie("person", ""))
        if not name and self.get_token(handler) == self.token:
            handler._token_authenticated = True
            name = "Ada"
        return User(username=name.lower(), name=name, display_name=name) if name else None

class Rights(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return action == "read" or user.username != "rita"

c.ServerApp.identity_provider_class = People
c.ServerApp.authorizer_class = Rights
`;

/**
 * From now on this browser is that person's.
 */
export async function signIn(
  page: Page,
  server: Server,
  name: string
): Promise<Page> {
  await page
    .context()
    .addCookies([
      { name: 'person', value: encodeURIComponent(name), url: server.origin }
    ]);
  return page;
}

/**
 * People who are in a notebook and do nothing; they are programs, for ten browsers are slow.
 */
export class Crowd {
  constructor(server: Server, notebook: string, names: readonly string[]) {
    this._process = spawn(PYTHON, [CROWD, server.origin, notebook, ...names], {
      stdio: ['pipe', 'ignore', 'inherit']
    });
  }

  async leave(): Promise<void> {
    this._process.stdin?.end();
    if (this._process.exitCode === null) {
      await once(this._process, 'exit');
    }
  }

  private readonly _process: ChildProcess;
}
