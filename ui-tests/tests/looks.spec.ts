// Pictures of every state, for people to look at, and what about them can be measured.

import { expectAccessible } from '../support/accessibility.ts';
import { look, lookAround } from '../support/looking.ts';
import { NotebookPage, notebookFile } from '../support/notebook.ts';
import { Crowd, PEOPLE, signIn } from '../support/people.ts';
import { expect, test } from '../support/fixtures.ts';

const THREE = ['Grace Hopper', 'Barbara Liskov'];
const TEN = [
  'Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine the Younger',
  'María del Rosario Cayetana Alfonsa Victoria Eugenia Francisca Fitz-James',
  'Katherine Johnson',
  'Радья Перлман',
  '山田花子',
  'Sophie Wilson',
  'x'
];

test('every state, in both themes, wide and narrow', async ({
  startServer,
  person
}) => {
  const server = await startServer({ config: PEOPLE });
  server.write(
    'analysis.ipynb',
    notebookFile([
      {
        id: 'one',
        type: 'markdown',
        source: '# Penguins\nBody mass by species.'
      },
      { id: 'two', source: 'masses = [3700, 3733, 5076]\nsum(masses) / 3' }
    ])
  );
  const page = await signIn(await person(), server, 'Ada Lovelace');
  const ada = await NotebookPage.open(page, server, 'analysis.ipynb');
  await ada.untilSync('saved');
  await expect(
    page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name=kernelName]')
  ).toContainText('Python 3');
  await ada.command('application:toggle-left-area');
  const { id } = await server.api<{ id: string }>('POST', 'notebooks', {
    path: 'analysis.ipynb'
  });
  await look(ada, 'alone');

  await page.setViewportSize({ width: 1400, height: 900 });
  const three = new Crowd(server, id, THREE);
  await expect(page.locator('.jp-Anode-people-button .jp-Anode-avatar')).toHaveCount(3);
  await look(ada, 'three');

  await page.setViewportSize({ width: 1400, height: 900 });
  const ten = new Crowd(server, id, TEN);
  await expect(page.locator('.jp-Anode-people-button .jp-Anode-avatar.jp-mod-rest')).toHaveText('+7');
  await look(ada, 'ten');
  await ten.leave();
  await three.leave();
  await expect(page.locator('.jp-Anode-people-button .jp-Anode-avatar')).toHaveCount(0);

  await page.setViewportSize({ width: 1400, height: 900 });
  server.write('analysis.ipynb', '<<<<<<< half of a notebook');
  await ada.type(1, '  # grams');
  await ada.untilSync(/^error/);
  await look(ada, 'error');
  await ada.command('anode:show-sync-details');
  await expect(page.locator('.jp-Anode-popover')).toBeVisible();
  await look(ada, 'error-details');
  await page.locator('.jp-Anode-popover').press('Escape');

  await page.setViewportSize({ width: 1400, height: 900 });
  await server.kill();
  await ada.untilSync(/^offline/);
  await ada.type(1, '!');
  await lookAround(page, 'offline-dark');
  await ada.command('anode:show-sync-details');
  await expectAccessible(page);
});
