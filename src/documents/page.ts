// What the page tells its rooms: the network came or went, the page goes away.

import type { AnodeRooms } from './rooms';

/**
 * Let the rooms hear of it, as long as the page lives.
 */
export function watchPage(rooms: AnodeRooms): void {
  window.addEventListener('online', () => rooms.setOnline(true));
  window.addEventListener('offline', () => rooms.setOnline(false));
  window.addEventListener('beforeunload', event => {
    if (rooms.hasUnsaved) {
      event.preventDefault();
    }
  });
  window.addEventListener('pagehide', () => rooms.remember());
}

/**
 * Where this browser remembers; null when it refuses to.
 */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/**
 * Where this tab remembers; null when the browser refuses to.
 */
export function tabStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
