import path from 'node:path';
import { failureType } from '../../src/contract/fail';
import { openStoreFromEnvironment, storeSettings } from '../../src/threads/store-from-environment';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();

describe('store from the environment', () => {
  test('no settings: a folder under the working directory, safe against crashes', () => {
    expect(storeSettings({})).toEqual({ folder: path.resolve('.baton/store'), durability: 'process' });
  });

  test('settings: are obeyed, a relative folder under the working directory', async () => {
    expect(storeSettings({ BATON_STORE: 'here', BATON_DURABILITY: 'power' })).toEqual({
      folder: path.resolve('here'),
      durability: 'power',
    });
    const folder = newFolder();
    await openStoreFromEnvironment({ BATON_STORE: folder }).store.content.put('x');
    expect(filesIn(folder)).toHaveLength(1);
  });

  test('a setting that means nothing: is refused by its name', () => {
    let thrown: unknown;
    try {
      storeSettings({ BATON_STORE: '', BATON_DURABILITY: 'forever' });
    } catch (error) {
      thrown = error;
    }
    expect(failureType(thrown)).toBe('InvalidInput');
    expect(String(thrown)).toMatch(/BATON_STORE.*BATON_DURABILITY/);
  });
});
