// Silences what @jupyter/ydoc's own model logs on every cell that it makes.

/**
 * Call once per file.
 */
export function quietYjs(): void {
  const warn = console.warn.bind(console);
  beforeAll(() => {
    jest.spyOn(console, 'warn').mockImplementation((...said: unknown[]) => {
      if (!/Invalid access|Not same Y.Doc/.test(said.join(' '))) {
        warn(...said);
      }
    });
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });
}
