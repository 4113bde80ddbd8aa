// The variables of the kernel: name, type, shape and size, the largest first.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IVariable, IVariables } from '../api/usage';
import { bytes } from './amounts';

/**
 * Those that are shown until all are asked for.
 */
const SHOWN = 12;

/**
 * The section of the panel.
 */
export function VariableList(props: {
  variables: IVariables | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { variables, trans } = props;
  const [isOpen, setOpen] = React.useState(false);
  const [filter, setFilter] = React.useState('');
  const all = variables?.variables ?? [];
  const wanted = filter.trim().toLowerCase();
  const found = all.filter(({ name, type }) =>
    `${name} ${type}`.toLowerCase().includes(wanted)
  );
  const shown = isOpen ? found : found.slice(0, SHOWN);
  const count = variables?.count ?? 0;
  return (
    <section>
      <h3>
        {count === 0
          ? trans.__('Variables')
          : trans.__('Variables · %1', count)}
      </h3>
      <p className="jp-Anode-runtimePanel-note" role="status">
        {noteOn(variables, trans)}
      </p>
      {all.length > SHOWN && (
        <input
          className="jp-mod-styled jp-Anode-variables-filter"
          type="search"
          placeholder={trans.__('Filter')}
          aria-label={trans.__('Filter the variables')}
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      {shown.length > 0 && <Table rows={shown} trans={trans} />}
      {found.length > SHOWN && (
        <button
          className="jp-Anode-runtimePanel-link"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen
            ? trans.__('Show fewer')
            : trans.__('Show all %1', found.length)}
        </button>
      )}
    </section>
  );
}

function noteOn(
  variables: IVariables | null,
  trans: TranslationBundle
): string {
  if (variables && !variables.supported) {
    return trans.__('Variables are shown for Python kernels.');
  }
  if (!variables || variables.age_ms === null) {
    return trans.__('They are shown once the kernel has nothing to run.');
  }
  if (!variables.fresh) {
    return trans.__('As they were before the present run.');
  }
  return variables.count === 0 ? trans.__('There are none yet.') : '';
}

function Table(props: {
  rows: readonly IVariable[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { rows, trans } = props;
  return (
    <table className="jp-Anode-variables">
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('Type')}</th>
          <th scope="col">{trans.__('Shape')}</th>
          <th scope="col">{trans.__('Size')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.name}>
            <th scope="row" title={row.name}>
              {row.name}
            </th>
            <td title={row.full_type}>{row.type}</td>
            <td>{row.shape?.join(' × ') ?? ''}</td>
            <td>{row.bytes === null ? '…' : bytes(row.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
