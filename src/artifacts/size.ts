// Sizes as people read them.

/**
 * A number of bytes.
 */
export function sizeInWords(bytes: number): string {
  const kilobytes = bytes / 1000;
  return kilobytes < 1000
    ? `${Math.max(Math.round(kilobytes), 1)} kB`
    : `${(kilobytes / 1000).toFixed(1)} MB`;
}
