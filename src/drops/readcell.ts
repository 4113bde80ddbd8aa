// The code that reads a data file, for a cell that is ready to be run.

import { PathExt } from '@jupyterlab/coreutils';

/**
 * The function of pandas, and what more it has to be told.
 */
const TABLES: Record<string, readonly [name: string, more: string]> = {
  '.csv': ['read_csv', ''],
  '.tsv': ['read_csv', ', sep="\\t"'],
  '.json': ['read_json', ''],
  '.jsonl': ['read_json', ', lines=True'],
  '.ndjson': ['read_json', ', lines=True'],
  '.parquet': ['read_parquet', ''],
  '.feather': ['read_feather', ''],
  '.arrow': ['read_feather', ''],
  '.xlsx': ['read_excel', ''],
  '.xls': ['read_excel', '']
};

/**
 * Texts, which pandas reads compressed as well.
 */
const COMPRESSED = /(?<=\.(csv|tsv|json|jsonl|ndjson))\.(gz|bz2|xz|zst)$/;

/**
 * What IPython shows.
 */
const IMAGES: Record<string, string> = {
  '.gif': 'Image',
  '.jpeg': 'Image',
  '.jpg': 'Image',
  '.png': 'Image',
  '.svg': 'SVG',
  '.webp': 'Image'
};

/**
 * Python that reads a file beside the notebook; null for files that are neither table nor image.
 *
 * @param sources - those of the notebook, whose variables it leaves alone.
 */
export function readingOf(
  name: string,
  sources: readonly string[]
): string | null {
  const ending = PathExt.extname(name.toLowerCase().replace(COMPRESSED, ''));
  // A text of JSON is one of Python as well.
  const file = JSON.stringify(name);
  const table = TABLES[ending];
  if (table !== undefined) {
    const [method, more] = table;
    const variable = freeVariable(sources);
    return `import pandas as pd\n\n${variable} = pd.${method}(${file}${more})\n${variable}`;
  }
  const image = IMAGES[ending];
  return image === undefined
    ? null
    : `from IPython.display import ${image}\n\n${image}(${file})`;
}

function freeVariable(sources: readonly string[]): string {
  const taken = new Set(sources.flatMap(source => source.match(/\bdf\d*\b/g)));
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? 'df' : `df${number}`;
    if (!taken.has(tried)) {
      return tried;
    }
  }
}
