// What may be done with a notebook from this browser.

/**
 * - `none`: it is not there yet.
 * - `read`: it may be read.
 * - `write`: it may be changed, and changes go to the room.
 * - `core`: no room; JupyterLab's contents API loads and saves it.
 */
export type Access = 'none' | 'read' | 'write' | 'core';
