// A file that the browser saves, made in the page.

/**
 * Hand a file to the browser.
 */
export function download(
  name: string,
  type: string,
  parts: readonly string[]
): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(new Blob([...parts], { type }));
  link.click();
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/**
 * A notebook's name without its folder and ending.
 */
export function stemOf(path: string): string {
  return path
    .split('/')
    .at(-1)!
    .replace(/\.ipynb$/, '');
}
