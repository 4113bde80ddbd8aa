// Sentences for people in which `commands` are set as code.

import * as React from 'react';

/**
 * A sentence; what stands between backticks is shown as code, without them.
 */
export function Prose(props: { text: string }): React.ReactElement {
  const parts = props.text.split('`');
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 && index < parts.length - 1 ? (
          <code key={index}>{part}</code>
        ) : (
          part
        )
      )}
    </>
  );
}
